// sysctl.d(5) for one node: what a start sets on the VLANs' interfaces, for those programs that set every new interface's.

extension Configuration {
  /// Renders the settings of the VLANs' interfaces, as a start makes them.
  ///
  /// When an interface appears, udev has systemd-sysctl apply sysctl.d to it (99-systemd.rules), which may well happen after
  /// ifup has called the hook. Debian 13 sets `rp_filter` to 2 that way, which would undo the hook's.
  /// - Parameter node: the node that they are for.
  func sysctlFile(node: String) -> [ConfigurationItem] {
    vlans.filter { !$0.isDisabled }.flatMap { vlan in
      let slice = Slice(vlan: vlan, node: node, configuration: self)
      // A hyphen in front lets the file be loaded while the interface is not there.
      return [.gap]
        + slice.sysctls.sorted { $0.key < $1.key }.map { ConfigurationItem.line("-\($0.key) = \($0.value)") }
    }
  }
}
