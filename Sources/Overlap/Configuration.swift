// What lvs-overlap.conf says, as values: nodes, services, VLANs.

/// The two ways to tell overlapping clients apart.
public enum Dataplane: String, Sendable, CaseIterable {
  /// Prefix translation on the VLAN device, below IPVS and netfilter.
  case stateless
  /// The guide's own design: connection tracking zones and NAT around IPVS.
  case conntrack
}

/// Everything that one file says.
public struct Configuration: Sendable, Equatable {
  /// How overlapping clients are told apart; one choice for the whole cluster.
  public var dataplane: Dataplane
  /// The cluster's nodes, in the file's order.
  public var nodes: [Node]
  /// The services, in the file's order.
  public var services: [Service]
  /// The VLANs, in the file's order.
  public var vlans: [VLAN]

  /// Makes a configuration.
  public init(dataplane: Dataplane = .stateless, nodes: [Node] = [], services: [Service] = [], vlans: [VLAN] = []) {
    self.dataplane = dataplane
    self.nodes = nodes
    self.services = services
    self.vlans = vlans
  }
}

/// One of the cluster's machines, each of which is a real server.
public struct Node: Sendable, Equatable {
  /// Its short host name.
  public var name: String
  /// Whether it may be director.
  public var mayDirect: Bool
  /// Its weight as a real server, 0 to 65535; 0 gets no new connections.
  public var weight: Int

  /// Makes a node.
  public init(_ name: String, mayDirect: Bool = true, weight: Int = 1) {
    self.name = name
    self.mayDirect = mayDirect
    self.weight = weight
  }
}

/// A service that all sites reach: virtual IPs and ports that IPVS schedules as one.
public struct Service: Sendable, Equatable {
  /// The service's name, for people and for keepalived.
  public var name: String
  /// The number that the service's fwmarks are made of, 1 to 99.
  public var number: Int
  /// The virtual IPs.
  public var addresses: [IPv4Address]
  /// TCP ports, 1 to 65535.
  public var tcp: [UInt16]
  /// UDP ports, 1 to 65535.
  public var udp: [UInt16]
  /// The name of the IPVS scheduler.
  public var scheduler: String
  /// How keepalived finds out whether a real server is well.
  public var check: HealthCheck

  /// Makes a service.
  public init(
    name: String, number: Int = 1, addresses: [IPv4Address], tcp: [UInt16] = [], udp: [UInt16] = [],
    scheduler: String = "mh", check: HealthCheck = .tcp
  ) {
    self.name = name
    self.number = number
    self.addresses = addresses
    self.tcp = tcp
    self.udp = udp
    self.scheduler = scheduler
    self.check = check
  }
}

/// How keepalived finds out whether a real server is well.
public enum HealthCheck: Sendable, Equatable {
  /// A TCP connection can be opened.
  case tcp
  /// A request for this path is answered with success.
  case http(path: String)
  /// No check: the real server is always in the pool.
  case none
}

/// A client subnet and the unique subnet that stands for it, address by address.
public struct Netmap: Sendable, Hashable {
  /// What the site's clients call themselves; other sites may use the same.
  public var client: IPv4Prefix
  /// What the servers see instead; the same length, used by no one else.
  public var unique: IPv4Prefix

  /// Makes a mapping of two prefixes of the same length.
  public init(client: IPv4Prefix, unique: IPv4Prefix) {
    self.client = client
    self.unique = unique
  }
}

/// One remote site's VLAN.
public struct VLAN: Sendable, Equatable {
  /// The VLAN's interface on every node.
  public var interface: InterfaceName
  /// The number that the VLAN's marks, zone, tables and rule preferences are made of, 1 to 4999.
  public var id: Int
  /// A label for people.
  public var site: String?
  /// The client subnets and their unique subnets.
  public var netmaps: [Netmap]
  /// The router's address on this VLAN.
  public var gateway: IPv4Address
  /// The VRRP address that the router points the virtual IPs at.
  public var vip: IPv4InterfaceAddress
  /// Each node's primary address on this VLAN, by node name.
  public var addresses: [String: IPv4InterfaceAddress]
  /// The node that is VRRP master when all are well.
  public var prefer: String?
  /// VRRP's virtual_router_id, 1 to 255; nil when none was given and the id is larger than 255.
  public var routerID: Int?
  /// Whether it shall not be started.
  public var isDisabled: Bool

  /// Makes a VLAN.
  public init(
    interface: InterfaceName, id: Int, site: String? = nil, netmaps: [Netmap], gateway: IPv4Address,
    vip: IPv4InterfaceAddress, addresses: [String: IPv4InterfaceAddress], prefer: String? = nil, routerID: Int? = nil,
    isDisabled: Bool = false
  ) {
    self.interface = interface
    self.id = id
    self.site = site
    self.netmaps = netmaps
    self.gateway = gateway
    self.vip = vip
    self.addresses = addresses
    self.prefer = prefer
    self.routerID = routerID
    self.isDisabled = isDisabled
  }
}
