// The words that a line may start with, and what may follow them: the table that the parser and its messages go by.

/// What a stanza is about.
enum Scope: String, Sendable, CaseIterable {
  /// Before the first stanza.
  case file
  /// After `node`.
  case node
  /// After `service`.
  case service
  /// After `vlan`.
  case vlan
}

/// What one first word means.
struct GrammarRule: Sendable {
  /// The word.
  let word: String
  /// What follows it, for people.
  let form: String
  /// How many words must follow, and how many may.
  let count: ClosedRange<Int>
  /// The stanza that it starts, if any.
  var opens: Scope?
  /// Whether it is about the whole file, in whatever stanza it stands.
  var isFileWide = false
  /// Whether a stanza may have it more than once.
  var repeats = false
  /// What it is there for, when a stanza cannot do without it.
  var purpose: String?
  /// Takes in the words that follow, which are as many as `count` allows.
  let read: @Sendable (inout Parser, ArraySlice<Word>) -> Void

  /// The whole line, for people.
  var example: String { form.isEmpty ? word : "\(word) \(form)" }
}

/// Every rule, by where it holds.
enum Grammar {
  /// What may stand anywhere: it starts a stanza, or is about the whole file.
  static let everywhere = [
    GrammarRule(word: "dataplane", form: "stateless|conntrack", count: 1...1, isFileWide: true) {
      $0.readDataplane($1)
    },
    GrammarRule(word: "node", form: "NAME", count: 1...1, opens: .node) { $0.readNode($1) },
    GrammarRule(word: "service", form: "NAME", count: 1...1, opens: .service) { $0.readService($1) },
    GrammarRule(word: "vlan", form: "IFACE", count: 1...1, opens: .vlan) { $0.readVLAN($1) },
  ]

  /// What may stand before the first stanza only, as it means something else in one.
  static let file = [
    GrammarRule(word: "disabled", form: "", count: 0...0) { parser, _ in parser.isDisabled = true }
  ]

  /// A node's options.
  static let node = [
    GrammarRule(word: "director", form: "yes|no", count: 1...1) { $0.readDirector($1) },
    GrammarRule(word: "weight", form: "N", count: 1...1) { $0.readWeight($1) },
  ]

  /// A service's options.
  static let service = [
    GrammarRule(word: "address", form: "IP...", count: 1...(.max), repeats: true, purpose: "its virtual IPs") {
      $0.readVirtualIPs($1)
    },
    GrammarRule(word: "tcp", form: "PORT...", count: 1...(.max), repeats: true) {
      $0.service.tcp += $0.readPorts($1, protocol: "tcp")
    },
    GrammarRule(word: "udp", form: "PORT...", count: 1...(.max), repeats: true) {
      $0.service.udp += $0.readPorts($1, protocol: "udp")
    },
    GrammarRule(word: "scheduler", form: "NAME", count: 1...1) { $0.readScheduler($1) },
    GrammarRule(word: "check", form: "tcp | http PATH | none", count: 1...2) { $0.readCheck($1) },
    GrammarRule(word: "number", form: "N", count: 1...1) { $0.readServiceNumber($1) },
  ]

  /// A VLAN's options.
  static let vlan = [
    GrammarRule(word: "site", form: "\"LABEL\"", count: 1...1) { $0.readSite($1) },
    GrammarRule(
      word: "netmap", form: "CLIENT UNIQUE", count: 2...2, repeats: true,
      purpose: "its client subnet and its unique subnet"
    ) { $0.readNetmap($1) },
    GrammarRule(word: "gateway", form: "ADDRESS", count: 1...1, purpose: "the router on this VLAN") {
      $0.readGateway($1)
    },
    GrammarRule(
      word: "vip", form: "ADDRESS/LENGTH", count: 1...1,
      purpose: "the VRRP address that the router points the virtual IPs at"
    ) { $0.readVIP($1) },
    GrammarRule(word: "address", form: "NODE ADDRESS/LENGTH", count: 2...2, repeats: true) { $0.readNodeAddress($1) },
    GrammarRule(word: "prefer", form: "NODE", count: 1...1) { $0.readPrefer($1) },
    GrammarRule(word: "router-id", form: "N", count: 1...1) { $0.readRouterID($1) },
    GrammarRule(word: "id", form: "N", count: 1...1) { $0.readID($1) },
    GrammarRule(word: "disabled", form: "", count: 0...0) { parser, _ in parser.vlan.isDisabled = true },
  ]

  /// The options of a kind of stanza.
  static func options(of scope: Scope) -> [GrammarRule] {
    switch scope {
    case .file: file
    case .node: node
    case .service: service
    case .vlan: vlan
    }
  }

  /// The rules that hold in each kind of stanza, by their words.
  static let index = Dictionary(
    uniqueKeysWithValues: Scope.allCases.map { scope in
      let rules = options(of: scope) + everywhere
      return (scope, Dictionary(uniqueKeysWithValues: rules.map { ($0.word, $0) }))
    })
}

/// What the kernel, VRRP and our own numbers allow.
enum Limits {
  /// A number for services: fwmarks up to 99 x 10000 + 4999 stay below the return packets' 1000000 and above.
  static let serviceNumber = 1...99
  /// Conntrack zone 0 is everybody's; from 5000 on, rule preferences 10000 + id and 15000 + id would meet.
  static let id = 1...4999
  /// One octet in VRRP, 0 is reserved (RFC 5798, 5.2.3).
  static let routerID = 1...255
  /// What IPVS takes for a real server (ipvsadm(8)).
  static let weight = 0...65535
  /// keepalived reads 1023 bytes of a line (MAXBUF), and takes the rest for another.
  static let path = 1000
  /// 0 is no port (RFC 6335, 6).
  static let port = 1...65535
  /// A filter runs at most TCA_ACT_MAX_PRIO actions (linux/pkt_cls.h), and ICMP errors need one for each netmap.
  static let netmaps = 32
  /// A longer prefix has no room for a gateway, a vip and a node beside its network and broadcast addresses.
  static let linkLength = 1...29
  /// The schedulers in the kernel's net/netfilter/ipvs.
  static let schedulers = ["rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh"]
  /// What no host may have for an address (RFC 6890).
  static let notUnicast = [
    (prefix: IPv4Prefix(IPv4Address(bits: 0), length: 8), meaning: "\"this network\""),
    (prefix: IPv4Prefix(IPv4Address(bits: 127 << 24), length: 8), meaning: "loopback"),
    (prefix: IPv4Prefix(IPv4Address(bits: 224 << 24), length: 4), meaning: "multicast"),
    (prefix: IPv4Prefix(IPv4Address(bits: 240 << 24), length: 4), meaning: "reserved"),
  ]
}
