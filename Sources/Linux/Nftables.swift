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

  /// Lists the chains of others' tables, of whatever family, that have a rule that sets a packet's mark.
  mutating func markingChains() throws(SystemError) -> Set<HostState.Chain> {
    // NFT_MSG_GETRULE 7; NFTA_RULE_CHAIN 2, _EXPRESSIONS 4.
    try chains(of: 7, name: 2) { rule in
      (rule.attribute(4)?.attributes ?? []).contains { Self.setsMark($0.payload) }
    }
  }

  /// Lists the chains of others' tables, of whatever family, that drop forwarded packets unless a rule accepts them.
  mutating func forwardDroppingChains() throws(SystemError) -> Set<HostState.Chain> {
    // NFT_MSG_GETCHAIN 4; NFTA_CHAIN_NAME 3, _HOOK 4 with NFTA_HOOK_HOOKNUM 1, _POLICY 5. NF_INET_FORWARD 2 and NF_DROP 0 in
    // linux/netfilter.h.
    try chains(of: 4, name: 3) { chain in
      chain.attribute(4)?.attribute(1)?.bigEndian(as: UInt32.self) == 2
        && chain.attribute(5)?.bigEndian(as: UInt32.self) == 0
    }
  }

  /// Lists the chains of others' tables, of whatever family, of which some object says something.
  /// - Parameters:
  ///   - message: what lists the objects, whose attribute 1 is the table.
  ///   - name: the attribute that is the chain.
  ///   - isWanted: whether an object says it.
  private mutating func chains(
    of message: UInt16, name: UInt16, where isWanted: (Payload) -> Bool
  ) throws(SystemError) -> Set<HostState.Chain> {
    // NFPROTO_INET 1, _IPV4 2, _NETDEV 5; others see no IPv4.
    let families: [UInt8: String] = [1: "inet", 2: "ip", 5: "netdev"]
    var chains: Set<HostState.Chain> = []
    for (number, family) in families {
      for object in try found(message, flags: Flag.dump, [], family: number) ?? [] {
        guard let table = object.attribute(1)?.text, let chain = object.attribute(name)?.text,
          !(number == 2 && table == NftablesTable.name), isWanted(object)
        else { continue }
        chains.insert(HostState.Chain(table: "\(family) \(table)", chain: chain))
      }
    }
    return chains
  }

  /// Whether an expression of a rule sets a packet's mark.
  ///
  /// NFTA_EXPR_NAME 1, _DATA 2. "meta" sets a mark with NFTA_META_KEY 2 NFT_META_MARK 3 and an NFTA_META_SREG 3; "target" is
  /// an extension of iptables, of which these two set marks, with NFTA_TARGET_NAME 1.
  private static func setsMark(_ expression: Payload) -> Bool {
    guard let data = expression.attribute(2) else { return false }
    switch expression.attribute(1)?.text {
    case "meta": return data.attribute(3) != nil && data.attribute(2)?.bigEndian(as: UInt32.self) == 3
    case "target": return ["MARK", "CONNMARK"].contains(data.attribute(1)?.text)
    default: return false
    }
  }

  private mutating func found(
    _ message: UInt16, flags: UInt16, _ names: [(UInt16, String)], family: UInt8 = 2
  ) throws(SystemError) -> [Payload]? {
    // NFNL_SUBSYS_NFTABLES 10; struct nfgenmsg: family, by default NFPROTO_IPV4, NFNETLINK_V0, res_id.
    var request = NetlinkRequest(type: 10 << 8 | message, flags: flags, header: [family, 0, 0, 0])
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
