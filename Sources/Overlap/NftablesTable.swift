// The one nftables table of the conntrack dataplane: its sets, maps and chains, which no VLAN makes longer.

/// An element of one of the table's sets or maps.
public struct Element: Sendable, Hashable {
  /// A part of a key, or a value.
  public enum Field: Sendable, Hashable {
    /// An interface's name.
    case interface(InterfaceName)
    /// An address.
    case address(IPv4Address)
    /// A range of addresses.
    case prefix(IPv4Prefix)
    /// TCP or UDP.
    case transport(Transport)
    /// A port.
    case port(UInt16)
    /// A fwmark.
    case mark(UInt32)
    /// A conntrack zone.
    case zone(UInt16)

    /// As nft reads it.
    public var text: String {
      switch self {
      case .interface(let name): "\"\(name)\""
      case .address(let address): address.description
      case .prefix(let prefix): prefix.description
      case .transport(let transport): transport.name
      case .port(let port): String(port)
      case .mark(let mark): String(mark)
      case .zone(let zone): String(zone)
      }
    }
  }

  /// The set or map.
  public var set: NftablesSet
  /// The key's parts, of the set's types.
  public var key: [Field]
  /// The value, in a map.
  public var value: Field?

  /// Makes an element.
  public init(_ set: NftablesSet, _ key: [Field], _ value: Field? = nil) {
    self.set = set
    self.key = key
    self.value = value
  }

  /// The interface in the key, which tells whose element it is.
  ///
  /// Netmap elements have none: their mark tells.
  public var interface: InterfaceName? {
    guard case .interface(let name) = key.first else { return nil }
    return name
  }

  /// The id of the VLAN that an element of `zone` or `netmap` belongs to.
  public var id: Int? {
    switch (set, key.first, value) {
    case (.zone, _, .zone(let zone)): Int(zone)
    case (.netmap, .mark(let mark), _): Int(mark % 10000)
    default: nil
    }
  }
}

/// The sets and maps of the table.
public enum NftablesSet: String, Sendable, CaseIterable {
  /// The conntrack zone of each VLAN.
  case zone
  /// The fwmark of each VLAN's return packets.
  case returnMark = "return_mark"
  /// Client subnets, by the interface they arrive on.
  case client
  /// Unique subnets, by their VLAN's interface.
  case unique
  /// What clients may ask for, by interface: virtual IP, protocol, port.
  case service
  /// The fwmark that IPVS schedules a request by.
  case requestMark = "request_mark"
  /// Virtual IPs, by interface: where ICMP errors arrive.
  case virtualIP = "virtual_ip"
  /// The unique subnet that stands for a client subnet, by the request's fwmark.
  case netmap

  /// The types of a key's parts.
  public enum FieldType: Sendable {
    /// `ifname`: 16 bytes.
    case interface
    /// `ipv4_addr`: one address.
    case address
    /// `ipv4_addr` in an interval set: a range.
    case prefix
    /// `inet_proto`.
    case transport
    /// `inet_service`.
    case port
    /// `mark`.
    case mark
    /// `ct zone`.
    case zone
  }

  /// The key's parts and the value's type, nil for a set.
  public var types: (key: [FieldType], value: FieldType?) {
    switch self {
    case .zone: ([.interface], .zone)
    case .returnMark: ([.interface], .mark)
    case .client, .unique: ([.interface, .prefix], nil)
    case .service: ([.interface, .address, .transport, .port], nil)
    case .requestMark: ([.interface, .address, .transport, .port], .mark)
    case .virtualIP: ([.interface, .address], nil)
    case .netmap: ([.mark, .prefix], .prefix)
    }
  }

  /// The declaration's body.
  ///
  /// Only `typeof` can name a conntrack zone's type.
  var declaration: String {
    switch self {
    case .zone: "typeof iifname : ct zone"
    case .returnMark: "type ifname : mark"
    case .client, .unique: "type ifname . ipv4_addr; flags interval"
    case .service: "type ifname . ipv4_addr . inet_proto . inet_service"
    case .requestMark: "type ifname . ipv4_addr . inet_proto . inet_service : mark"
    case .virtualIP: "type ifname . ipv4_addr"
    case .netmap: "type mark . ipv4_addr : interval ipv4_addr; flags interval"
    }
  }
}

/// The table as a whole.
public enum NftablesTable {
  /// The table's name, in family ip.
  public static let name = "lvs-overlap"

  /// A chain: its name, its hook, its rules, each with the reason for it.
  struct Chain {
    var name: String
    var hook: String
    var rules: [String]
  }

  /// The chains.
  ///
  /// Priorities are numbers, as older releases of nft refuse some names for them: -300 is before connection
  /// tracking (-200), -100 and 100 are where NAT belongs, 100 on input is just after IPVS has scheduled (98, 99).
  static let chains = [
    Chain(
      name: "prerouting", hook: "type filter hook prerouting priority -300",
      rules: [
        // Requests: the VLAN's zone, then the service's mark.
        "iifname . ip saddr @client iifname . ip daddr . meta l4proto . th dport @service ct zone set iifname map @zone",
        "iifname . ip saddr @client meta mark set iifname . ip daddr . meta l4proto . th dport map @request_mark",
        // Returns that the peer sends through this node: the zone, and the mark that routes them once translated.
        "iifname . ip daddr @unique iifname . ip saddr . meta l4proto . th sport @service ct zone set iifname map @zone"
          + " meta mark set iifname map @return_mark",
        // ICMP errors about replies belong to the request's connection, so path-MTU discovery works on this node.
        "icmp type { destination-unreachable, time-exceeded, parameter-problem } iifname . ip daddr @virtual_ip"
          + " ct zone set iifname map @zone",
      ]),
    Chain(
      name: "output", hook: "type filter hook output priority -300",
      rules: [
        // Returns of this node itself.
        "oifname . ip daddr @unique oifname . ip saddr . meta l4proto . th sport @service ct zone set oifname map @zone"
          + " meta mark set oifname map @return_mark"
      ]),
    Chain(
      name: "peer", hook: "type nat hook prerouting priority -100",
      rules: [
        // What the peer forwarded is already translated. Redirected to this interface's own address, its replies leave
        // from there and so can be routed back through the peer.
        "iifname . ip saddr @unique iifname . ip daddr . meta l4proto . th dport @service redirect"
      ]),
    Chain(
      name: "local", hook: "type nat hook input priority 100",
      rules: ["snat ip prefix to meta mark . ip saddr map @netmap"]),
    Chain(
      name: "forwarded", hook: "type nat hook postrouting priority 100",
      rules: ["snat ip prefix to meta mark . ip saddr map @netmap"]),
  ]

  /// How many rules the chains have together.
  public static var ruleCount: Int { chains.reduce(0) { $0 + $1.rules.count } }

  /// The comment that marks the table as ours and tells which edition of it the kernel has.
  public static let comment: String = {
    // FNV-1a, 64 bits (draft-eastlake-fnv): short, stable and without a library.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in body.joined(separator: "\n").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "lvs-overlap " + String(hash, radix: 16)
  }()

  /// The declarations of sets, maps and chains, line by line as `nft -f` reads them.
  static let body: [String] = {
    var lines: [String] = []
    for set in NftablesSet.allCases {
      let kind = set.types.value == nil ? "set" : "map"
      lines.append("\t\(kind) \(set.rawValue) { \(set.declaration); }")
    }
    for chain in chains {
      lines.append("\tchain \(chain.name) {")
      lines.append("\t\t\(chain.hook); policy accept;")
      lines += chain.rules.map { "\t\t" + $0 }
      lines.append("\t}")
    }
    return lines
  }()

  /// The lines that make the table.
  public static var creation: [String] {
    ["table ip \(name) {", "\tcomment \"\(comment)\";"] + body + ["}"]
  }

  /// The line that removes the table.
  public static var removal: String { "delete table ip \(name)" }
}
