// The name of a network interface: what the kernel accepts, and what is safe in a batch of commands and in a path.

/// A network interface's name that has passed every check.
public struct InterfaceName: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The name.
  public let description: String

  /// Accepts a name that the kernel would accept and that no reader of a batch could take for anything else.
  ///
  /// The kernel's rules are in `dev_valid_name` (net/core/dev.c): 1 to 15 bytes (IFNAMSIZ less the final zero), neither
  /// `.` nor `..`, no slash, colon or white space; `all` and `default` name no device in /proc/sys/net/ipv4/conf
  /// (net/ipv4/devinet.c). Ours is narrower: letters, digits and `. _ - @ +` only, no leading `-`, since names go into
  /// batches that treat quotes, `#` and backslashes as their own.
  /// - Parameter text: the name.
  /// - Returns: nil when the name breaks a rule.
  public init?(_ text: some StringProtocol) {
    guard (1...15).contains(text.utf8.count), text != ".", text != "..", text != "all", text != "default",
      text.utf8.first != UInt8(ascii: "-")
    else { return nil }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "@"), UInt8(ascii: "+"):
        continue
      default: return nil
      }
    }
    self.description = String(text)
  }

  /// By bytes.
  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
