// Stanzas while they are read: what was understood so far, and where it stands.

/// A `node` stanza.
struct NodeDraft: Sendable {
  /// Its name.
  var name: Located<String>
  /// Whether it may be director, where it says so.
  var mayDirect: Located<Bool>?
  /// Its weight, where it says so.
  var weight: Located<Int>?
}

/// A `service` stanza.
struct ServiceDraft: Sendable {
  /// Its name, if that could be read.
  var name: String?
  /// The word that stands for the stanza in messages: its name, or `service`.
  var offset = 0
  /// What messages about other stanzas call it.
  var title: String { name.map { "service \($0)" } ?? "a service" }
  /// The number, if one could be read.
  var number: Located<Int>?
  /// Whether no line even tried to give the number.
  var lacksNumber = false
  /// Its virtual IPs.
  var addresses: [Located<IPv4Address>] = []
  /// Its TCP ports.
  var tcp: [Located<UInt16>] = []
  /// Whether no line even tried to give TCP ports.
  var lacksTCP = false
  /// Its UDP ports.
  var udp: [Located<UInt16>] = []
  /// Its IPVS scheduler.
  var scheduler = "mh"
  /// Its health check.
  var check = Located(value: HealthCheck.tcp, offset: 0)
}

/// One `netmap` line, both of whose prefixes were understood.
struct NetmapDraft: Sendable {
  /// The client subnet.
  var client: Located<IPv4Prefix>
  /// The unique subnet.
  var unique: Located<IPv4Prefix>
}

/// One `address` line of a `vlan` stanza; without the address when that was not understood.
struct AddressDraft: Sendable {
  /// The node's name, known or not.
  var node: Located<String>
  /// Its address and the prefix length.
  var address: Located<IPv4InterfaceAddress>?
}

/// A `vlan` stanza.
struct VLANDraft: Sendable {
  /// Its interface, if that could be read.
  var interface: InterfaceName?
  /// The word that stands for the stanza in messages: its name, or `vlan`.
  var offset = 0
  /// Whether an earlier stanza has the same interface; comparing the two again would only repeat that.
  var isRepeated = false
  /// The id, given or at the end of the interface's name.
  var id: Located<Int>?
  /// The router-id, if one could be read.
  var routerID: Located<Int>?
  /// Whether no line even tried to give the router id.
  var lacksRouterID = false
  /// The label for people.
  var site: String?
  /// The netmaps, even those beyond the limit.
  var netmaps: [NetmapDraft] = []
  /// The router's address.
  var gateway: Located<IPv4Address>?
  /// The vip, whose prefix is the VLAN's.
  var vip: Located<IPv4InterfaceAddress>?
  /// The nodes' addresses.
  var addresses: [AddressDraft] = []
  /// Whether an `address` line names a node that nobody can tell; then no node's address is known to be missing.
  var hasUnreadableNode = false
  /// The preferred node's name, known or not.
  var prefer: Located<String>?
  /// Whether it shall not be started.
  var isDisabled = false
  /// Whether the nodes' addresses contradict the vip's prefix; then other VLANs are not held to it.
  var isPrefixDoubtful = false
  /// What messages about other stanzas call it.
  var title: String { interface.map { "vlan \($0)" } ?? "a vlan" }
}
