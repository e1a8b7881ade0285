// A VLAN's slice: everything that the kernel must hold for one VLAN on one node.

/// The kernel objects of one VLAN on one node.
public struct Slice: Sendable, Equatable {
  /// The VLAN's interface.
  public var interface: InterfaceName
  /// The VLAN's id.
  public var id: Int
  /// The interface's own settings.
  public var sysctls: [Sysctl: String]
  /// The settings that all VLANs share, given back with the last of them.
  public var sharedSysctls: [Sysctl: String]
  /// The routes.
  public var routes: [Route]
  /// The policy routing rules.
  public var rules: [Rule]
  /// The tc filters, in the order in which a packet meets them.
  public var filters: [Filter]
  /// The elements of the nftables table's sets and maps.
  public var elements: [Element]

  /// Makes a slice, empty where nothing is given.
  public init(
    interface: InterfaceName, id: Int, sysctls: [Sysctl: String] = [:], sharedSysctls: [Sysctl: String] = [:],
    routes: [Route] = [], rules: [Rule] = [], filters: [Filter] = [], elements: [Element] = []
  ) {
    self.interface = interface
    self.id = id
    self.sysctls = sysctls
    self.sharedSysctls = sharedSysctls
    self.routes = routes
    self.rules = rules
    self.filters = filters
    self.elements = elements
  }

  /// The slice that a file asks for.
  /// - Parameters:
  ///   - vlan: one of the configuration's VLANs.
  ///   - node: the name of this node, one of the configuration's.
  ///   - configuration: the whole file.
  public init(vlan: VLAN, node: String, configuration: Configuration) {
    switch configuration.dataplane {
    case .stateless: self.init(stateless: vlan, services: configuration.services)
    case .conntrack: self.init(conntrack: vlan, node: node, services: configuration.services)
    }
  }
}

/// What a client can ask for: one port of one service at one virtual IP.
struct Endpoint: Hashable {
  var address: IPv4Address
  var transport: Transport
  var port: UInt16
  var mark: UInt32
}

extension Service {
  /// Every virtual IP with every port, with the fwmark that IPVS schedules this service's requests by.
  func endpoints(numbers: Numbers) -> [Endpoint] {
    let ports = tcp.map { (Transport.tcp, $0) } + udp.map { (Transport.udp, $0) }
    return addresses.flatMap { address in
      ports.map { Endpoint(address: address, transport: $0, port: $1, mark: numbers.requestMark(self)) }
    }
  }
}
