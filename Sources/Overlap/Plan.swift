// What must be done to take the kernel from what it has to what is wanted, in an order that leaves no packet
// half-translated.

/// A command in a batch.
public struct Command: Sendable, Equatable {
  /// The interface it is for; nil when for all.
  public var interface: InterfaceName?
  /// One line, without the tool's name.
  public var text: String

  /// Makes a command.
  public init(_ text: String, for interface: InterfaceName? = nil) {
    self.interface = interface
    self.text = text
  }
}

/// A tool that takes a batch on its standard input.
public enum Tool: String, Sendable, CaseIterable {
  /// iproute2's ip(8).
  case ip
  /// iproute2's tc(8).
  case tc
  /// nft(8), which commits the whole batch or nothing.
  case nft
  /// kmod's modprobe(8).
  case modprobe

  /// The Debian package that has it.
  public var package: String {
    switch self {
    case .ip, .tc: "iproute2"
    case .nft: "nftables"
    case .modprobe: "kmod"
    }
  }

  /// The arguments that make it read a batch; for modprobe, the module.
  public var arguments: [String] {
    switch self {
    case .ip, .tc: ["-batch", "-"]
    case .nft: ["-f", "-"]
    case .modprobe: ["ip_vs"]
    }
  }
}

/// One step of a plan.
public enum Step: Sendable, Equatable {
  /// Write a file of saved sysctls, or remove it when there are no contents.
  case save(file: String, contents: String?)
  /// Set sysctls.
  case set([Sysctl: String])
  /// Run a tool once.
  case run(Tool, [Command])
}

/// The kernel objects that shall be there when a plan is done, of some interfaces only.
public struct Target: Sendable, Equatable {
  var filters: [Filter] = []
  var routes: Set<Route> = []
  var rules: [Rule] = []
  var elements: Set<Element> = []
  var sysctls: [Sysctl: String] = [:]
  var saved = SavedSysctls()
  /// Which way a VLAN moves when it changes its dataplane: translation by netfilter must end before the other begins.
  var translatesInTc = true
  /// Whether IPVS must be there.
  ///
  /// Its module brings its sysctls along, which must be read before they can be saved.
  var needsIPVS = false

  /// What slices ask for, with the sysctls of all that is stopped or no longer wanted given back.
  /// - Parameters:
  ///   - slices: what shall be there; their interfaces exist.
  ///   - scope: the interfaces that the run is about; those without a slice are stopped.
  ///   - live: what there is.
  public init(slices: [Slice], scope: Set<InterfaceName>, live: LiveState) {
    filters = slices.flatMap(\.filters)
    routes = Set(slices.flatMap(\.routes))
    var seen: Set<Rule> = []
    rules = slices.flatMap(\.rules).filter { seen.insert($0).inserted }
    elements = Set(slices.flatMap(\.elements))
    translatesInTc = elements.isEmpty
    needsIPVS = slices.contains { $0.sharedSysctls.keys.contains(where: \.isIPVS) }
    saved = live.saved

    let started = Set(slices.map(\.interface))
    for name in scope {
      // A record of a device that has since been made anew says nothing about the new one.
      guard let record = saved.interfaces.removeValue(forKey: name), record.index == live.links[name]?.index else {
        continue
      }
      sysctls.merge(record.values) { $1 }
      if started.contains(name) { saved.interfaces[name] = record }
    }
    for slice in slices {
      var record = SavedSysctls.Interface(index: live.links[slice.interface]?.index ?? 0)
      let before = saved.interfaces[slice.interface]?.values ?? [:]
      if !slice.filters.isEmpty {
        record.madeClsact =
          saved.interfaces[slice.interface]?.madeClsact ?? false || live.links[slice.interface]?.hasClsact == false
      }
      for (sysctl, value) in slice.sysctls {
        record.values[sysctl] = before[sysctl] ?? live.sysctls[sysctl]
        sysctls[sysctl] = value
      }
      for (sysctl, value) in slice.sharedSysctls {
        record.needs.insert(sysctl)
        saved.shared[sysctl] = saved.shared[sysctl] ?? live.sysctls[sysctl]
        sysctls[sysctl] = value
      }
      saved.interfaces[slice.interface] = record
    }
    let needed = saved.interfaces.values.reduce(into: Set<Sysctl>()) { $0.formUnion($1.needs) }
    for (sysctl, value) in saved.shared where !needed.contains(sysctl) {
      sysctls[sysctl] = value
      saved.shared[sysctl] = nil
    }
  }

  /// What there was before, to be taken back to.
  /// - Parameters:
  ///   - before: the state that a failed run started from.
  ///   - scope: the interfaces that it was about.
  public init(restoring before: LiveState, scope: Set<InterfaceName>) {
    let owned = before.owned(by: scope)
    filters = owned.filters.map(\.filter)
    routes = owned.routes
    rules = owned.rules
    elements = owned.table?.elements ?? []
    sysctls = before.sysctls
    saved = before.saved
    translatesInTc = elements.isEmpty
  }
}

/// Steps, in order.
///
/// An empty plan means that all is as it shall be.
public struct Plan: Sendable, Equatable {
  /// The steps.
  public var steps: [Step] = []

  /// Finds the steps from what there is to what is wanted.
  ///
  /// First what harms no packet (settings, routes, rules), then what translates, outgoing before incoming so that no
  /// request is translated whose reply would not be, then the removal of what nothing uses any more.
  /// - Parameters:
  ///   - live: what there is; foreign objects are not in it.
  ///   - target: what shall be there.
  ///   - scope: the interfaces that the run is about.
  public init(live: LiveState, target: Target, scope: Set<InterfaceName>) {
    let owned = live.owned(by: scope)

    let newFiles = target.saved.files
    let oldFiles = live.saved.files
    if target.needsIPVS && !live.sysctls.keys.contains(where: \.isIPVS) { steps.append(.run(.modprobe, [])) }
    for (name, contents) in newFiles.sorted(by: { $0.key < $1.key }) where oldFiles[name] != contents {
      steps.append(.save(file: name, contents: contents))
    }
    let changes = target.sysctls.filter { live.sysctls[$0.key] != nil && live.sysctls[$0.key] != $0.value }
    let kept = target.saved.sysctls
    let back = changes.filter { !kept.contains($0.key) }
    let forth = changes.filter { back[$0.key] == nil }
    if !forth.isEmpty { steps.append(.set(forth)) }

    append(.ip, Self.additions(owned, target))
    let tc = Self.filterCommands(owned, target, scope)
    let nft = Self.elementCommands(live, owned, target)
    if target.translatesInTc {
      append(.nft, nft)
      append(.tc, tc)
    } else {
      append(.tc, tc)
      append(.nft, nft)
    }
    append(.ip, Self.removals(owned, target))

    if !back.isEmpty { steps.append(.set(back)) }
    for name in oldFiles.keys.sorted() where newFiles[name] == nil {
      steps.append(.save(file: name, contents: nil))
    }
  }

  private mutating func append(_ tool: Tool, _ commands: [Command]) {
    if !commands.isEmpty { steps.append(.run(tool, commands)) }
  }

  // MARK: Routes and rules

  private static func additions(_ owned: LiveState, _ target: Target) -> [Command] {
    let places = Set(owned.routes.map(\.place))
    let routes = target.routes.subtracting(owned.routes).sorted().map { route in
      Command("route \(places.contains(route.place) ? "replace" : "add") \(route.text)", for: route.interface)
    }
    let have = Set(owned.rules)
    let owners = target.owners
    return routes
      + target.rules.filter { !have.contains($0) }.map {
        Command("rule add \($0.text)", for: Numbers.id(ofRulePreference: $0.preference).flatMap { owners[$0] })
      }
  }

  private static func removals(_ owned: LiveState, _ target: Target) -> [Command] {
    let want = Set(target.rules)
    let places = Set(target.routes.map(\.place))
    let owners = owned.owners
    return owned.rules.filter { !want.contains($0) }.map {
      Command("rule del \($0.text)", for: Numbers.id(ofRulePreference: $0.preference).flatMap { owners[$0] })
    }
      + owned.routes.filter { !places.contains($0.place) }.sorted().map {
        Command("route del \($0.text)", for: $0.interface)
      }
  }

  // MARK: Filters

  private static func filterCommands(_ owned: LiveState, _ target: Target, _ scope: Set<InterfaceName>) -> [Command] {
    var commands: [Command] = []
    let live = Dictionary(grouping: owned.filters) { $0.filter.interface }
    let want = Dictionary(grouping: target.filters) { $0.interface }
    for name in scope.sorted() {
      guard let link = owned.links[name] else { continue }
      let ours = live[name] ?? []
      let wanted = want[name] ?? []
      if wanted.isEmpty, link.losesClsact(made: owned.saved.interfaces[name]?.madeClsact, hasOurs: !ours.isEmpty) {
        commands.append(Command("qdisc del dev \(name) clsact", for: name))
      } else {
        commands += Self.difference(ours, wanted, link, name)
      }
    }
    return commands
  }

  private static func difference(
    _ live: [LiveFilter], _ wanted: [Filter], _ link: LiveState.Link, _ name: InterfaceName
  ) -> [Command] {
    var additions: [(Filter, String)] = []
    var stale: [LiveFilter] = []
    var have: [Filter.Identity: LiveFilter] = [:]
    for entry in live {
      if entry.filter.match == .unknown || have[entry.filter.identity] != nil {
        stale.append(entry)
      } else {
        have[entry.filter.identity] = entry
      }
    }
    for filter in wanted {
      guard let entry = have.removeValue(forKey: filter.identity) else {
        additions.append((filter, "add \(filter.place)\(filter.text)"))
        continue
      }
      if entry.filter != filter {
        additions.append((filter, "replace \(filter.place) handle \(filter.handle(entry.handle))\(filter.text)"))
      }
    }
    stale += have.values
    // A reply must be translated before the first request is, and until after the last; within ingress, what marks a
    // request comes before what only translates it.
    func order(_ left: Filter, _ right: Filter) -> Bool {
      left.hook != right.hook ? left.hook == .egress : left.preference < right.preference
    }
    let added = additions.enumerated().sorted {
      order($0.element.0, $1.element.0) || (!order($1.element.0, $0.element.0) && $0.offset < $1.offset)
    }
    stale.sort { order($1.filter, $0.filter) || (!order($0.filter, $1.filter) && $0.handle < $1.handle) }
    return (link.hasClsact || additions.isEmpty ? [] : [Command("qdisc add dev \(name) clsact", for: name)])
      + added.map { Command("filter \($0.element.1)", for: name) }
      + stale.map { entry in
        let filter = entry.filter
        return Command("filter del \(filter.place) handle \(filter.handle(entry.handle)) \(filter.kind)", for: name)
      }
  }

  // MARK: Elements

  private static func elementCommands(_ live: LiveState, _ owned: LiveState, _ target: Target) -> [Command] {
    let have = owned.table?.elements ?? []
    let others = (live.table?.elements ?? []).subtracting(have)
    let remaining = others.union(target.elements)
    guard let table = live.table, table.isCurrent || remaining.isEmpty else {
      return remaining.isEmpty
        ? []
        : ((live.table == nil ? [] : [NftablesTable.removal]) + NftablesTable.creation).map { Command($0) }
          + lines("add", remaining, owners: live.owners.merging(target.owners) { $1 })
    }
    if remaining.isEmpty { return [Command(NftablesTable.removal)] }
    return lines("delete", have.subtracting(target.elements), owners: live.owners)
      + lines("add", target.elements.subtracting(have), owners: target.owners)
  }

  /// One line for each set and VLAN, so that a refusal names the VLAN.
  private static func lines(_ verb: String, _ elements: Set<Element>, owners: [Int: InterfaceName]) -> [Command] {
    struct Line: Hashable {
      var set: NftablesSet
      var interface: InterfaceName?
    }
    let groups = Dictionary(grouping: elements) {
      Line(set: $0.set, interface: $0.interface ?? $0.id.flatMap { owners[$0] })
    }
    let texts = groups.map { line, elements in
      let list = elements.map { verb == "add" ? $0.text : $0.keyText }.sorted().joined(separator: ", ")
      return (
        line.interface?.description ?? "",
        Command("\(verb) element ip \(NftablesTable.name) \(line.set.rawValue) { \(list) }", for: line.interface)
      )
    }
    return texts.sorted { ($0.0, $0.1.text) < ($1.0, $1.1.text) }.map(\.1)
  }
}

extension Target {
  /// Which interface each id that is wanted belongs to.
  var owners: [Int: InterfaceName] {
    LiveState(routes: routes, table: LiveState.Table(elements: elements)).owners
  }
}

extension SavedSysctls {
  /// Every sysctl that is changed as long as this record is kept.
  var sysctls: Set<Sysctl> { Set(interfaces.values.flatMap(\.values.keys)).union(shared.keys) }
}
