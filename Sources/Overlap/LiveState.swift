// What the kernel has now, and which part of it belongs to which VLAN.

/// A filter of ours that the kernel has.
public struct LiveFilter: Sendable, Equatable {
  /// The filter.
  public var filter: Filter
  /// The handle by which it is replaced or deleted.
  public var handle: UInt32

  /// Makes a filter as read.
  public init(filter: Filter, handle: UInt32) {
    self.filter = filter
    self.handle = handle
  }
}

/// A filter of someone else on a clsact qdisc.
public struct ForeignFilter: Sendable, Equatable {
  /// The hook.
  public var hook: Filter.Hook
  /// The preference; lower is asked first.
  public var preference: UInt16
  /// Whether it is for IPv4 packets, among others or alone.
  public var seesIPv4: Bool

  /// Makes a filter as read.
  public init(hook: Filter.Hook, preference: UInt16, seesIPv4: Bool = true) {
    self.hook = hook
    self.preference = preference
    self.seesIPv4 = seesIPv4
  }
}

/// The state of the kernel as far as it concerns some interfaces.
public struct LiveState: Sendable, Equatable {
  /// An interface's index and qdisc.
  public struct Link: Sendable, Equatable {
    /// The interface's index.
    public var index: Int
    /// Whether it has a clsact qdisc.
    public var hasClsact: Bool
    /// Whether someone else's ingress qdisc is in its place.
    public var hasIngress: Bool
    /// The filters of someone else that the clsact qdisc carries.
    public var foreignFilters: [ForeignFilter]

    /// Makes a link as read.
    public init(index: Int, hasClsact: Bool = false, hasIngress: Bool = false, foreignFilters: [ForeignFilter] = []) {
      self.index = index
      self.hasClsact = hasClsact
      self.hasIngress = hasIngress
      self.foreignFilters = foreignFilters
    }

    /// Whether a stop takes the clsact qdisc away, and all our filters at once: if the start made it; without a record of
    /// that, if it has ours and nothing else.
    func losesClsact(made: Bool?, hasOurs: Bool) -> Bool { hasClsact && foreignFilters.isEmpty && made ?? hasOurs }
  }

  /// The nftables table.
  public struct Table: Sendable, Equatable {
    /// Whether it is this edition's, with all its rules.
    public var isCurrent: Bool
    /// The elements of all VLANs.
    public var elements: Set<Element>

    /// Makes a table as read.
    public init(isCurrent: Bool = true, elements: Set<Element> = []) {
      self.isCurrent = isCurrent
      self.elements = elements
    }
  }

  /// Those of the interfaces asked for that exist.
  public var links: [InterfaceName: Link]
  /// Our filters on those interfaces.
  public var filters: [LiveFilter]
  /// Every route of our routing protocol.
  public var routes: Set<Route>
  /// Every rule of our routing protocol, in the kernel's order.
  public var rules: [Rule]
  /// The nftables table, if there is one.
  public var table: Table?
  /// The sysctls that matter; one that does not exist is absent.
  public var sysctls: [Sysctl: String]
  /// What sysctls were before.
  public var saved: SavedSysctls

  /// Makes a state, empty where nothing is given.
  public init(
    links: [InterfaceName: Link] = [:], filters: [LiveFilter] = [], routes: Set<Route> = [], rules: [Rule] = [],
    table: Table? = nil, sysctls: [Sysctl: String] = [:], saved: SavedSysctls = SavedSysctls()
  ) {
    self.links = links
    self.filters = filters
    self.routes = routes
    self.rules = rules
    self.table = table
    self.sysctls = sysctls
    self.saved = saved
  }

  /// Which interface each id in use belongs to, by the kernel's own objects: the zone of an interface, the device of a
  /// default route in one of our tables.
  public var owners: [Int: InterfaceName] {
    var owners: [Int: InterfaceName] = [:]
    for route in routes {
      if let id = Numbers.id(ofTable: route.table) { owners[id] = route.interface }
    }
    for element in table?.elements ?? [] where element.set == .zone {
      if let id = element.id { owners[id] = element.interface }
    }
    return owners
  }

  /// Every interface that something of ours is left of.
  public var interfaces: Set<InterfaceName> {
    Set(routes.map(\.interface)).union(filters.map(\.filter.interface)).union(saved.interfaces.keys)
      .union(table?.elements.compactMap(\.interface) ?? [])
  }

  /// Keeps what belongs to some interfaces, and what belongs to none any more: a rule or netmap whose id no interface
  /// has is what an interrupted run left of a device that is gone.
  /// - Parameter scope: the interfaces.
  /// - Returns: the rest of this state.
  func owned(by scope: Set<InterfaceName>) -> LiveState {
    let owners = owners
    func isOwned(_ id: Int?) -> Bool {
      guard let id, let owner = owners[id] else { return true }
      return scope.contains(owner)
    }
    var state = self
    state.filters = filters.filter { scope.contains($0.filter.interface) }
    state.routes = routes.filter { scope.contains($0.interface) }
    state.rules = rules.filter { isOwned(Numbers.id(ofRulePreference: $0.preference)) }
    state.table?.elements = Set(
      (table?.elements ?? []).filter { $0.interface.map(scope.contains) ?? isOwned($0.id) })
    return state
  }

  /// What a stop leaves, so that what follows it can be told without doing it.
  /// - Parameter scope: the interfaces that are stopped.
  /// - Returns: this state, as it would be read after the stop.
  public func afterStop(of scope: Set<InterfaceName>) -> LiveState {
    let gone = owned(by: scope)
    let target = Target(slices: [], scope: scope, live: self)
    let filtered = Set(gone.filters.map(\.filter.interface))
    var state = self
    for (name, link) in links where scope.contains(name) {
      let made = saved.interfaces[name]?.madeClsact
      if link.losesClsact(made: made, hasOurs: filtered.contains(name)) { state.links[name]?.hasClsact = false }
    }
    state.filters.removeAll { scope.contains($0.filter.interface) }
    state.routes.subtract(gone.routes)
    state.rules.removeAll(where: Set(gone.rules).contains)
    let elements = (table?.elements ?? []).subtracting(gone.table?.elements ?? [])
    // The table goes with its last element; one of another edition is replaced.
    state.table = elements.isEmpty ? nil : Table(elements: elements)
    state.sysctls.merge(target.sysctls.filter { sysctls[$0.key] != nil }) { $1 }
    state.saved = target.saved
    return state
  }
}
