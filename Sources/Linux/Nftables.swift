// The nftables table, as the kernel lists it over nfnetlink: linux/netfilter/nf_tables.h.
import Glibc
import Overlap

extension NetlinkSocket {
  /// Reads our table.
  /// - Returns: nil when there is none.
  mutating func table() throws(SystemError) -> LiveState.Table? {
    // NFT_MSG_GETTABLE 1; NFTA_TABLE_NAME 1; NFTA_TABLE_USERDATA 6.
    guard let answer = try found(1, flags: 0, [(1, NftablesTable.name)])?.first else { return nil }
    var table = LiveState.Table()
    table.isCurrent = answer.attribute(6).map(Self.comment) == NftablesTable.comment

    // NFT_MSG_GETRULE 7; NFTA_RULE_TABLE 1. The filter is only a hint to older kernels.
    let rules = try found(7, flags: Flag.dump, [(1, NftablesTable.name)]) ?? []
    if rules.count(where: { $0.attribute(1)?.text == NftablesTable.name }) != NftablesTable.ruleCount {
      table.isCurrent = false
    }
    for set in NftablesSet.allCases {
      // NFT_MSG_GETSETELEM 13; NFTA_SET_ELEM_LIST_TABLE 1, _SET 2, _ELEMENTS 3.
      guard let parts = try found(13, flags: Flag.dump, [(1, NftablesTable.name), (2, set.rawValue)]) else {
        table.isCurrent = false
        continue
      }
      for entry in parts.flatMap({ $0.attribute(3)?.attributes ?? [] }) {
        if let element = Self.element(set, entry.payload) {
          table.elements.insert(element)
        } else {
          table.isCurrent = false
        }
      }
    }
    return table
  }

  private mutating func found(
    _ message: UInt16, flags: UInt16, _ names: [(UInt16, String)]
  ) throws(SystemError) -> [Payload]? {
    // NFNL_SUBSYS_NFTABLES 10; struct nfgenmsg: NFPROTO_IPV4 2, NFNETLINK_V0, res_id.
    var request = NetlinkRequest(type: 10 << 8 | message, flags: flags, header: [2, 0, 0, 0])
    for (type, name) in names { request.append(type, Array(name.utf8) + [0]) }
    do {
      return try ask(request).map { $0.after(4) }
    } catch {
      // No such table or set; or a kernel without nftables, which cannot have one.
      guard [ENOENT, EINVAL, EOPNOTSUPP].contains(error.number) else { throw error }
      return nil
    }
  }

  /// The comment in a table's user data: type, length, bytes; NFTNL_UDATA_TABLE_COMMENT is 0 (libnftnl/udata.h).
  private static func comment(_ data: Payload) -> String {
    data.integer(as: UInt8.self) == 0 ? data.after(2).text : ""
  }

  /// NFTA_SET_ELEM_KEY 1, _DATA 2, _KEY_END 10, each with NFTA_DATA_VALUE 1.
  private static func element(_ set: NftablesSet, _ entry: Payload) -> Element? {
    let types = set.types
    guard let first = entry.attribute(1)?.attribute(1) else { return nil }
    let last = entry.attribute(10)?.attribute(1) ?? first
    var key: [Element.Field] = []
    var offset = 0
    for type in types.key {
      guard let field = field(type, first.after(offset), last.after(offset), inKey: true) else { return nil }
      key.append(field)
      // Every part of a key is padded to the four bytes of a register.
      offset += type == .interface ? 16 : 4
    }
    guard let type = types.value else { return Element(set, key) }
    guard let data = entry.attribute(2)?.attribute(1),
      let value = field(type, data, data.after(type == .prefix ? 4 : 0), inKey: false)
    else { return nil }
    return Element(set, key, value)
  }

  /// Marks in the key of an interval map are in network order, so that ranges of them could be compared; as values they
  /// are in the host's.
  private static func field(
    _ type: NftablesSet.FieldType, _ first: Payload, _ last: Payload, inKey: Bool
  ) -> Element.Field? {
    switch type {
    case .interface: return InterfaceName(first.text).map { .interface($0) }
    case .address: return .address(IPv4Address(bits: first.bigEndian()))
    case .prefix:
      let low: UInt32 = first.bigEndian()
      let span = low ^ last.bigEndian(as: UInt32.self)
      guard span & (span &+ 1) == 0, low & span == 0 else { return nil }
      return .prefix(IPv4Prefix(IPv4Address(bits: low), length: span.leadingZeroBitCount))
    case .transport: return Transport(rawValue: first.integer()).map { .transport($0) }
    case .port: return .port(first.bigEndian())
    case .mark: return .mark(inKey ? first.bigEndian() : first.integer())
    case .zone: return .zone(first.integer())
    }
  }
}
