// What check asks a host for, and what it is told: the host as far as others than lvs-overlap have made it.

/// What to look for on a host.
public struct Inquiry: Sendable, Equatable {
  /// Whose filters and settings to read.
  public var interfaces: Set<InterfaceName> = []
  /// The sysctls to read beside those that were saved.
  public var sysctls: Set<Sysctl> = []
  /// The programs to look for.
  public var tools: [String] = []
  /// The kernel modules to look for.
  public var modules: [String] = []
  /// The files to read.
  public var files: [String] = []
}

/// A host as it is.
public struct HostState: Sendable, Equatable {
  /// An interface with its addresses.
  public struct Link: Sendable, Equatable {
    /// Whether it is set up.
    public var isUp: Bool
    /// Whether it has a carrier.
    public var hasCarrier: Bool
    /// Its IPv4 addresses, in the kernel's order, of which the first of a network is the primary one.
    public var addresses: [IPv4InterfaceAddress]

    /// Makes an interface.
    public init(isUp: Bool = true, hasCarrier: Bool = true, addresses: [IPv4InterfaceAddress] = []) {
      self.isUp = isUp
      self.hasCarrier = hasCarrier
      self.addresses = addresses
    }
  }

  /// A route that is not ours.
  public struct ForeignRoute: Sendable, Equatable {
    /// Where it leads, by what and in which table; without an interface when it leads nowhere (blackhole and the like).
    public var destination: IPv4Prefix
    /// The next hop, if there is one.
    public var gateway: IPv4Address?
    /// The interface it leaves by, if there is one.
    public var interface: InterfaceName?
    /// The routing table.
    public var table: UInt32
    /// The metric; the lower one of equal routes is taken.
    public var metric: UInt32

    /// Makes a route.
    public init(
      destination: IPv4Prefix, gateway: IPv4Address? = nil, interface: InterfaceName? = nil, table: UInt32,
      metric: UInt32 = 0
    ) {
      self.destination = destination
      self.gateway = gateway
      self.interface = interface
      self.table = table
      self.metric = metric
    }
  }

  /// A rule that is not ours.
  public struct ForeignRule: Sendable, Equatable {
    /// What it says.
    public var rule: Rule
    /// The mask of its fwmark.
    public var mask: UInt32

    /// Makes a rule.
    public init(_ rule: Rule, mask: UInt32 = .max) {
      self.rule = rule
      self.mask = mask
    }
  }

  /// A chain of nftables that has rules that set marks.
  public struct MarkingChain: Sendable, Hashable, Comparable {
    /// The family and name of its table, such as `ip mangle`.
    public var table: String
    /// Its name.
    public var chain: String

    /// Makes a chain.
    public init(table: String, chain: String) {
      self.table = table
      self.chain = chain
    }

    /// By table, then by chain.
    public static func < (left: Self, right: Self) -> Bool { (left.table, left.chain) < (right.table, right.chain) }
  }

  /// What a start goes by.
  public var live: LiveState
  /// Every interface.
  public var links: [InterfaceName: Link]
  /// Every IPv4 route that is not ours, in every table.
  public var routes: [ForeignRoute]
  /// Every IPv4 rule that is not ours.
  public var rules: [ForeignRule]
  /// What else marks packets.
  public var markingChains: Set<MarkingChain>
  /// Neighbours that do not answer ARP, by interface.
  public var silentNeighbours: [InterfaceName: Set<IPv4Address>]
  /// IPVS's virtual services by fwmark; nil while ip_vs is not loaded.
  public var virtualServices: [UInt32: VirtualService]?
  /// Those programs asked for that are nowhere.
  public var missingTools: [String]
  /// Those modules asked for that are neither loaded nor there to be loaded.
  public var missingModules: [String]
  /// The contents of those files asked for that are there.
  public var files: [String: String]

  /// Makes a state, empty where nothing is given.
  public init(
    live: LiveState = LiveState(), links: [InterfaceName: Link] = [:], routes: [ForeignRoute] = [],
    rules: [ForeignRule] = [], markingChains: Set<MarkingChain> = [],
    silentNeighbours: [InterfaceName: Set<IPv4Address>] = [:], virtualServices: [UInt32: VirtualService]? = nil,
    missingTools: [String] = [], missingModules: [String] = [], files: [String: String] = [:]
  ) {
    self.live = live
    self.links = links
    self.routes = routes
    self.rules = rules
    self.markingChains = markingChains
    self.silentNeighbours = silentNeighbours
    self.virtualServices = virtualServices
    self.missingTools = missingTools
    self.missingModules = missingModules
    self.files = files
  }
}
