// The arguments that Debian starts keepalived with, so that a director can be stopped without a lost connection.

extension Configuration {
  /// Renders what Debian starts keepalived with.
  ///
  /// When it stops, keepalived would empty IPVS at once. Until the next director has announced itself, requests come here as
  /// before, and those of connections that another node serves would be answered with a reset.
  var keepalivedDefaults: [ConfigurationItem] {
    [
      .gap, .comment("Requests still come here for a moment after a stop, and must find IPVS as it was."),
      .line("DAEMON_ARGS=\"--dont-release-ipvs\""),
    ]
  }
}
