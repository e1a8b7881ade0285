// One thing that check found: how grave it is, what it is about, what is wrong, and what to do.

/// Something that keeps the host from working, or may do so.
public struct Finding: Sendable, Equatable, CustomStringConvertible {
  /// How grave it is.
  public enum Gravity: String, Sendable {
    /// Traffic is lost, or will be when the director moves.
    case error
    /// Traffic may be lost, or the host differs from the file in something that does not decide it.
    case warning
  }

  /// How grave it is.
  public var gravity: Gravity
  /// One line: what it is about, what is wrong, what to do.
  public var text: String

  /// Something that breaks traffic.
  public static func error(_ text: String) -> Finding { Finding(gravity: .error, text: text) }

  /// Something that may.
  public static func warning(_ text: String) -> Finding { Finding(gravity: .warning, text: text) }

  /// Gravity and text, with a colon between.
  public var description: String { "\(gravity.rawValue): \(text)" }
}
