// What other programs have in the kernel that clashes with a VLAN's numbers and subnets.

extension Inspection {
  /// Routes of others that lead replies elsewhere, or that stand in our tables.
  func checkRoutes(_ host: HostState) -> [Finding] {
    vlans.flatMap { vlan -> [Finding] in
      let numbers = Numbers(id: vlan.id)
      var found: [Finding] = []
      for route in host.routes {
        if configuration.dataplane == .conntrack, [numbers.gatewayTable, numbers.peerTable].contains(route.table) {
          found.append(
            .error("\(vlan.interface): another program's \(route) is in its table \(route.table); delete it"))
        }
        for unique in vlan.netmaps.map(\.unique) where takes(route, from: unique) {
          found.append(
            .error(
              "\(vlan.interface): another program's \(route) takes replies to \(unique) away; delete it, or use another "
                + "unique subnet"))
        }
      }
      return found
    }
  }

  /// Whether a route is asked before ours to a unique subnet: one to a part of it, or without a metric, as ours has none.
  ///
  /// Under conntrack our rules are asked before the main table, but after the local one.
  private func takes(_ route: HostState.ForeignRoute, from unique: IPv4Prefix) -> Bool {
    guard route.kind != .passedOver else { return false }
    switch route.table {
    // It is asked before all else.
    case Numbers.localTable: return route.destination.overlaps(unique)
    case Numbers.mainTable:
      return configuration.dataplane == .stateless && unique.contains(route.destination)
        && (route.destination != unique || route.metric == 0)
    default: return false
    }
  }

  /// Rules of others that have our preferences, our tables or our fwmarks, or that lead replies elsewhere.
  func checkRules(_ host: HostState) -> [Finding] {
    vlans.flatMap { vlan -> [Finding] in
      let numbers = Numbers(id: vlan.id)
      let requests = configuration.services.map(numbers.requestMark)
      let isConntrack = configuration.dataplane == .conntrack
      let preferences = [numbers.peerPreference, numbers.gatewayPreference, numbers.returnPreference]
      var found = diversions(of: vlan, host)
      for foreign in host.rules {
        let rule = foreign.rule
        let title = Self.title(vlan, rule)
        func matches(_ mark: UInt32) -> Bool {
          rule.mark.map { foreign.mask != 0 && mark & foreign.mask == $0 } ?? false
        }
        if isConntrack, matches(numbers.returnMark), rule.preference < numbers.returnPreference {
          found.append(
            .error(
              "\(title) takes away the replies that have its fwmark \(numbers.returnMark); change that program's mark"))
        } else if let mark = requests.first(where: matches) {
          found.append(
            .warning("\(title) is for packets that have its fwmark \(mark) too; change that program's mark"))
        } else if isConntrack, [numbers.gatewayTable, numbers.peerTable].contains(rule.table) {
          found.append(.warning("\(title) looks up its table \(rule.table); change that program's table"))
        } else if isConntrack, preferences.contains(rule.preference) {
          found.append(.warning("\(title) has one of its preferences; change that program's"))
        }
      }
      return found
    }
  }

  private static func title(_ vlan: VLAN, _ rule: Rule) -> String {
    "\(vlan.interface): another program's rule of preference \(rule.preference)"
  }

  /// Rules that lead this node's replies to clients elsewhere, as they are asked before what would lead them to the gateway
  /// or the peer.
  private func diversions(of vlan: VLAN, _ host: HostState) -> [Finding] {
    // Replies have no mark yet. They come from the virtual IPs, or from the node's own address if the peer forwarded the
    // request under conntrack, whose rules come before the main table's.
    let numbers = Numbers(id: vlan.id)
    let isConntrack = configuration.dataplane == .conntrack
    var sources = configuration.virtualIPs.map { (address: $0, limit: isConntrack ? numbers.gatewayPreference : .max) }
    if isConntrack, let own = vlan.addresses[node.name] { sources.append((own.address, numbers.peerPreference)) }
    let rules = host.rules.sorted { $0.rule.preference < $1.rule.preference }
    var found: [Finding] = []
    for unique in vlan.netmaps.map(\.unique) {
      let advice =
        isConntrack
        ? "give it a preference above \(numbers.returnPreference)"
        : "put before it: ip rule add to \(unique) lookup main"
      var seen: Set<UInt32> = []
      for source in sources {
        let asked = rules.filter {
          $0.rule.preference < source.limit && $0.isFor(repliesFrom: source.address, to: unique)
        }
        // Under conntrack the main table does not know the unique subnet.
        for foreign in asked.prefix(while: { isConntrack || !$0.ends(at: unique) }) {
          guard let fate = foreign.fate(of: unique, vlan, host.routes), seen.insert(foreign.rule.preference).inserted
          else { continue }
          found.append(.error("\(Self.title(vlan, foreign.rule)) \(fate); delete it, or \(advice)"))
        }
      }
    }
    return found
  }

  /// Filters and qdiscs of others where the stateless dataplane's are.
  func checkFilters(_ host: HostState) -> [Finding] {
    guard configuration.dataplane == .stateless else { return [] }
    let ours = Numbers.filterPreferences
    return vlans.flatMap { vlan -> [Finding] in
      let name = vlan.interface
      guard let link = host.live.links[name] else { return [] }
      if link.hasIngress {
        return [
          .error(
            "\(name): another program's qdisc ingress is where clsact must be; tc qdisc delete dev \(name) ingress, and have "
              + "that program use clsact")
        ]
      }
      return link.foreignFilters.compactMap { filter in
        let title = "\(name): another program's \(filter.hook.rawValue) filter of preference \(filter.preference)"
        guard filter.seesIPv4 || ours.contains(filter.preference) else { return nil }
        if ours.contains(filter.preference) {
          return .error("\(title) is among ours, \(ours.lowerBound) to \(ours.upperBound); change that program's")
        }
        if filter.preference < ours.lowerBound {
          return .warning("\(title) is asked before ours; what it passes or drops is not translated")
        }
        return nil
      }
    }
  }

  /// What drops replies that the director forwards for its peer.
  func checkForwarding(_ host: HostState) -> [Finding] {
    guard configuration.dataplane == .conntrack, !vlans.isEmpty else { return [] }
    return host.forwardDroppingChains.sorted().map { chain in
      .warning(
        "nftables: table \(chain.table), chain \(chain.chain) drops what it does not accept; see that it accepts the peer's "
          + "replies, which come by a VLAN's interface and leave by it")
    }
  }

  /// Whatever else sets marks, which may replace ours before IPVS sees them.
  func checkMarks(_ host: HostState) -> [Finding] {
    guard !vlans.isEmpty else { return [] }
    return host.markingChains.sorted().map { chain in
      .warning(
        "nftables: table \(chain.table), chain \(chain.chain) sets marks; see that it leaves the clients' packets alone, which "
          + "IPVS schedules by theirs")
    }
  }
}

extension HostState.ForeignRoute: CustomStringConvertible {
  /// As people write it.
  public var description: String {
    [
      "route \(destination.length == 0 ? "default" : destination.description)", gateway.map { "via \($0)" },
      interface.map { "dev \($0)" },
    ].compactMap { $0 }.joined(separator: " ")
  }
}

extension HostState.ForeignRule {
  /// Whether it is for replies from a virtual IP to a unique subnet, or some of them.
  fileprivate func isFor(repliesFrom source: IPv4Address, to unique: IPv4Prefix) -> Bool {
    guard !isParticular else { return false }
    let isFrom = rule.source?.contains(source) ?? true
    let hasMark = rule.mark.map { $0 == 0 || mask == 0 } ?? true
    guard isInverted else { return isFrom && hasMark && rule.destination?.overlaps(unique) ?? true }
    let isToAll = rule.destination?.contains(unique) ?? true
    return !(isFrom && hasMark && isToAll)
  }

  /// Whether such replies find their route by it, in the main table.
  fileprivate func ends(at unique: IPv4Prefix) -> Bool {
    guard rule.table == Numbers.mainTable, case .lookUp(let suppressedLength) = action else { return false }
    let isToAll = rule.destination?.contains(unique) ?? true
    return isToAll && suppressedLength.map { $0 < unique.length } ?? true
  }

  /// What becomes of such replies by it; nil when they go to the gateway, or on to the next rule.
  fileprivate func fate(of unique: IPv4Prefix, _ vlan: VLAN, _ routes: [HostState.ForeignRoute]) -> String? {
    switch action {
    case .refuse: return "refuses replies to \(unique)"
    case .lookUp(let suppressedLength):
      // The local table's routes are looked at by themselves.
      guard rule.table != Numbers.localTable else { return nil }
      let asked = routes.filter { $0.table == rule.table && $0.destination.length > suppressedLength ?? -1 }
      // The longest prefix decides, and parts of the subnet have longer ones.
      let whole = asked.filter { $0.destination.contains(unique) }
        .max { ($0.destination.length, $1.metric) < ($1.destination.length, $0.metric) }
      let parts = asked.filter { unique.contains($0.destination) && $0.destination != unique }
      let route = ((whole.map { [$0] } ?? []) + parts).first { route in
        route.kind != .passedOver && !(route.gateway == vlan.gateway && route.interface == vlan.interface)
      }
      return route.map { "has replies to \(unique) take the \($0) of table \(rule.table)" }
    case .other: return nil
    }
  }
}
