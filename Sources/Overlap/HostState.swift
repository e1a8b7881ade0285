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
  /// The neighbours to ask for by ARP, by interface.
  public var neighbours: [InterfaceName: IPv4Address] = [:]
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
    /// What becomes of a packet that takes the route.
    public enum Kind: Sendable {
      /// It goes somewhere.
      case unicast
      /// It is dropped or refused: blackhole, unreachable, prohibit.
      case unreachable
      /// The next rule is asked: throw.
      case passedOver
    }

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
    /// What becomes of a packet that takes it.
    public var kind: Kind

    /// Makes a route.
    public init(
      destination: IPv4Prefix, gateway: IPv4Address? = nil, interface: InterfaceName? = nil, table: UInt32,
      metric: UInt32 = 0, kind: Kind = .unicast
    ) {
      self.destination = destination
      self.gateway = gateway
      self.interface = interface
      self.table = table
      self.metric = metric
      self.kind = kind
    }
  }

  /// A rule that is not ours.
  public struct ForeignRule: Sendable, Equatable {
    /// What becomes of a packet that the rule is for.
    public enum Action: Sendable, Equatable {
      /// The rule's table is looked up, where routes of at most so long a prefix do not count, if there is a limit.
      case lookUp(suppressedLength: Int?)
      /// It is dropped or refused.
      case refuse
      /// Something else, such as a jump to another rule.
      case other
    }

    /// What it says.
    public var rule: Rule
    /// The mask of its fwmark.
    public var mask: UInt32
    /// Whether it is for the packets that do not match.
    public var isInverted: Bool
    /// Whether it is only for packets of certain interfaces, ports, users and the like.
    public var isParticular: Bool
    /// What it does.
    public var action: Action

    /// Makes a rule.
    public init(
      _ rule: Rule, mask: UInt32 = .max, isInverted: Bool = false, isParticular: Bool = false,
      action: Action = .lookUp(suppressedLength: nil)
    ) {
      self.rule = rule
      self.mask = mask
      self.isInverted = isInverted
      self.isParticular = isParticular
      self.action = action
    }
  }

  /// A chain of nftables.
  public struct Chain: Sendable, Hashable, Comparable {
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
  /// Chains of others that have rules that set marks.
  public var markingChains: Set<Chain>
  /// Chains of others that drop forwarded packets unless a rule accepts them.
  public var forwardDroppingChains: Set<Chain>
  /// The interfaces whose neighbour was asked for and did not answer.
  public var silentNeighbours: Set<InterfaceName>
  /// The interfaces on which something listens to VRRP.
  public var vrrpInterfaces: Set<InterfaceName>
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
    rules: [ForeignRule] = [], markingChains: Set<Chain> = [], forwardDroppingChains: Set<Chain> = [],
    silentNeighbours: Set<InterfaceName> = [], vrrpInterfaces: Set<InterfaceName> = [],
    virtualServices: [UInt32: VirtualService]? = nil, missingTools: [String] = [], missingModules: [String] = [],
    files: [String: String] = [:]
  ) {
    self.live = live
    self.links = links
    self.routes = routes
    self.rules = rules
    self.markingChains = markingChains
    self.forwardDroppingChains = forwardDroppingChains
    self.silentNeighbours = silentNeighbours
    self.vrrpInterfaces = vrrpInterfaces
    self.virtualServices = virtualServices
    self.missingTools = missingTools
    self.missingModules = missingModules
    self.files = files
  }
}
