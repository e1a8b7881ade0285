// IPv4 addresses and prefixes as values: parsing, printing, containment.

/// An IPv4 address.
public struct IPv4Address: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The 32 bits in host order: 10.0.0.1 is 0x0a000001.
  public var bits: UInt32

  /// Makes an address of its 32 bits.
  /// - Parameter bits: the address in host order.
  public init(bits: UInt32) { self.bits = bits }

  /// Reads dotted-quad notation: four decimal numbers from 0 to 255 without leading zeros, which other programs read
  /// as octal (inet_aton(3)).
  /// - Parameter text: for example `10.0.0.1`.
  /// - Returns: nil when the text is anything else.
  public init?(_ text: some StringProtocol) {
    var bits: UInt32 = 0
    var octets = 0
    var octet: UInt32?
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if octet == 0 { return nil }
        let value = (octet ?? 0) * 10 + UInt32(byte - UInt8(ascii: "0"))
        guard value <= 255 else { return nil }
        octet = value
      case UInt8(ascii: "."):
        guard let value = octet, octets < 3 else { return nil }
        bits = bits << 8 | value
        octets += 1
        octet = nil
      default: return nil
      }
    }
    guard let last = octet, octets == 3 else { return nil }
    self.bits = bits << 8 | last
  }

  /// Dotted-quad notation.
  public var description: String { "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)" }

  /// Numeric order.
  public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

/// An IPv4 network: the first address of a range, and how many leading bits its addresses share.
public struct IPv4Prefix: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The lowest address of the range.
  public var first: IPv4Address
  /// How many leading bits the range's addresses share, 0 to 32.
  public var length: Int

  /// Makes a prefix, with the address's host bits cleared.
  /// - Parameters:
  ///   - address: any address of the range.
  ///   - length: 0 to 32.
  public init(_ address: IPv4Address, length: Int) {
    self.length = length
    self.first = IPv4Address(bits: address.bits & Self.mask(length: length))
  }

  /// The netmask of a prefix length.
  /// - Parameter length: 0 to 32.
  /// - Returns: the mask in host order: 24 is 0xffffff00.
  public static func mask(length: Int) -> UInt32 { length == 0 ? 0 : ~0 << (32 - UInt32(length)) }

  /// The highest address of the range.
  public var last: IPv4Address { IPv4Address(bits: first.bits | ~Self.mask(length: length)) }

  /// Whether an address lies in the range.
  public func contains(_ address: IPv4Address) -> Bool { first <= address && address <= last }

  /// Whether all of another range lies in the range.
  public func contains(_ other: Self) -> Bool { length <= other.length && contains(other.first) }

  /// Whether two ranges share an address.
  public func overlaps(_ other: Self) -> Bool { first <= other.last && other.first <= last }

  /// Address, slash, length.
  public var description: String { "\(first)/\(length)" }

  /// By first address, then the wider one first.
  public static func < (left: Self, right: Self) -> Bool { (left.first, left.length) < (right.first, right.length) }
}

/// An address together with the length of the network it is in, as an interface carries it: `172.16.10.3/24`.
public struct IPv4InterfaceAddress: Sendable, Hashable, CustomStringConvertible {
  /// The address itself.
  public var address: IPv4Address
  /// The length of its network's prefix, 0 to 32.
  public var length: Int

  /// Makes an interface address.
  public init(_ address: IPv4Address, length: Int) {
    self.address = address
    self.length = length
  }

  /// Reads `ADDRESS/LENGTH`.
  /// - Parameter text: for example `172.16.10.3/24`; the length is 0 to 32 without leading zeros.
  /// - Returns: nil when the text is anything else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(parts[0]), let length = Int(parts[1]), (0...32).contains(length),
      String(length) == parts[1]
    else { return nil }
    self.init(address, length: length)
  }

  /// The network that the address is in.
  public var prefix: IPv4Prefix { IPv4Prefix(address, length: length) }

  /// Address, slash, length.
  public var description: String { "\(address)/\(length)" }
}
