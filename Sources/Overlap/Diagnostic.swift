// One error in the file: where it is, what is wrong, and how far it reaches.

/// An error in the configuration file.
public struct Diagnostic: Error, Sendable, Equatable {
  /// The line, from 1.
  public var line: Int
  /// The column, from 1, in characters (Unicode scalars), which is what editors count.
  public var column: Int
  /// What is wrong and what would be right, in one line.
  public var message: String
  /// The VLAN that the error makes unusable; nil when it makes the whole file unusable.
  public var interface: InterfaceName?

  /// Makes a diagnostic.
  /// - Parameters:
  ///   - line: from 1.
  ///   - column: from 1, in characters.
  ///   - message: one line, without the place.
  ///   - interface: the VLAN that it makes unusable; nil for the whole file.
  public init(line: Int, column: Int, message: String, interface: InterfaceName? = nil) {
    self.line = line
    self.column = column
    self.message = message
    self.interface = interface
  }

  /// The form that editors and people know from compilers.
  /// - Parameter file: the file's path, as the user wrote it.
  /// - Returns: `FILE:LINE:COLUMN: message`.
  public func rendered(file: String) -> String { "\(file):\(line):\(column): \(message)" }
}
