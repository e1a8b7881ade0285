// The numbers that mark what is ours in the kernel, each made of a VLAN's id and a service's number, never of a position
// in the file.

/// The numbers of one VLAN.
///
/// Every range leaves room for an id of 1 to 4999, so that no two ranges meet and a number read back from the kernel
/// says which VLAN it belongs to.
public struct Numbers: Sendable, Equatable {
  /// The VLAN's id, 1 to 4999.
  public let id: Int

  /// Makes the numbers of a VLAN.
  /// - Parameter id: 1 to 4999.
  public init(id: Int) { self.id = id }

  /// The fwmark that IPVS schedules a service's requests by.
  /// - Parameter service: the service.
  public func requestMark(_ service: Service) -> UInt32 { UInt32(service.number * 10000 + id) }

  /// The fwmark of return packets (conntrack).
  public var returnMark: UInt32 { UInt32(1_000_000 + id) }

  /// The conntrack zone (conntrack).
  ///
  /// Zone 0 is everyone else's.
  public var zone: UInt16 { UInt16(id) }

  /// The routing table whose default route is the router (conntrack).
  public var gatewayTable: UInt32 { UInt32(10000 + id) }

  /// The routing table whose default route is the peer (conntrack).
  public var peerTable: UInt32 { UInt32(20000 + id) }

  /// The preference of the rule that sends redirected replies back to the peer (conntrack).
  public var peerPreference: UInt32 { UInt32(10000 + id) }

  /// The preference of the rule that sends this node's own replies to the router (conntrack).
  public var gatewayPreference: UInt32 { UInt32(15000 + id) }

  /// The preference of the rule that sends translated replies, known by their mark, to the router (conntrack).
  public var returnPreference: UInt32 { UInt32(20000 + id) }

  /// The id that a rule preference was made of.
  /// - Parameter preference: any rule preference.
  /// - Returns: nil when the preference is in none of our ranges.
  public static func id(ofRulePreference preference: UInt32) -> Int? {
    for base: UInt32 in [10000, 15000, 20000] where preference > base && preference - base <= Limits.id.upperBound {
      return Int(preference - base)
    }
    return nil
  }

  /// The id that a routing table's number was made of.
  /// - Parameter table: any routing table.
  /// - Returns: nil when the table is in none of our ranges.
  public static func id(ofTable table: UInt32) -> Int? {
    for base: UInt32 in [10000, 20000] where table > base && table - base <= Limits.id.upperBound {
      return Int(table - base)
    }
    return nil
  }

  /// The routing protocol that marks our routes and rules; unassigned in linux/rtnetlink.h and rt_protos.
  public static let routingProtocol: UInt8 = 143

  /// The routing table of the host's own addresses, RT_TABLE_LOCAL in linux/rtnetlink.h.
  public static let localTable: UInt32 = 255

  /// The main routing table, RT_TABLE_MAIN in linux/rtnetlink.h.
  public static let mainTable: UInt32 = 254

  /// The tc filter preferences that are ours.
  public static let filterPreferences: ClosedRange<UInt16> = 14300...14399

  /// The cookie on our tc actions, "lvs-overlap" in ASCII: a filter in our range without it is someone else's.
  public static let cookie: [UInt8] = Array("lvs-overlap".utf8)
}
