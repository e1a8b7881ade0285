// A configuration file as read: what it says, what is wrong with it, and which interfaces it speaks of.

/// What became of one file's text.
public struct ConfigurationFile: Sendable, Equatable {
  /// What the file says; only VLANs without an error are in it.
  public var configuration: Configuration
  /// Every error, in the file's order.
  public var diagnostics: [Diagnostic]
  /// The interface of every validly named `vlan` stanza, sound or faulty, in the file's order and each once.
  public var interfaces: [InterfaceName]

  /// Those among them that shall not be started.
  public var disabled: Set<InterfaceName>

  /// Makes the result of a reading.
  public init(
    configuration: Configuration, diagnostics: [Diagnostic], interfaces: [InterfaceName],
    disabled: Set<InterfaceName> = []
  ) {
    self.configuration = configuration
    self.diagnostics = diagnostics
    self.interfaces = interfaces
    self.disabled = disabled
  }

  /// Reads and checks a file; never fails, whatever the bytes are.
  /// - Parameter bytes: the file's content, UTF-8 with lines that end in LF or CR LF.
  public init(parsing bytes: [UInt8]) {
    var parser = Parser(source: Source(bytes: bytes))
    parser.readLines()
    let configuration = parser.checked()
    self.init(
      configuration: configuration, diagnostics: parser.source.diagnostics(of: parser.faults),
      interfaces: parser.interfaces,
      disabled: Set(parser.vlans.filter { parser.isDisabled || $0.isDisabled }.compactMap(\.interface)))
  }
}
