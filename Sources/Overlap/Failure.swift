// What went wrong, told in one line.

/// Something that could not be done: where, what, and why.
public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  /// The interface that it concerns; nil when it concerns the host.
  public var interface: InterfaceName?
  /// What was attempted: a command, a file, a system call on an object.
  public var operation: String
  /// The kernel's or the tool's own words, and what to do when we know it.
  public var reason: String

  /// Makes a failure.
  public init(interface: InterfaceName? = nil, operation: String, reason: String) {
    self.interface = interface
    self.operation = operation
    self.reason = reason
  }

  /// Interface, operation, reason, with colons between.
  public var description: String {
    [interface?.description, operation, reason].compactMap { $0 }.joined(separator: ": ")
  }
}
