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
    let isPart = route.destination.length > unique.length && unique.contains(route.destination.first)
    switch route.table {
    // RT_TABLE_LOCAL in linux/rtnetlink.h: this host's own addresses.
    case 255: return isPart
    case Numbers.mainTable:
      return configuration.dataplane == .stateless && (isPart || (route.destination == unique && route.metric == 0))
    default: return false
    }
  }

  /// Rules of others that have our preferences, our tables or our fwmarks.
  func checkRules(_ host: HostState) -> [Finding] {
    vlans.flatMap { vlan -> [Finding] in
      let numbers = Numbers(id: vlan.id)
      let requests = configuration.services.map(numbers.requestMark)
      let isConntrack = configuration.dataplane == .conntrack
      let preferences = [numbers.peerPreference, numbers.gatewayPreference, numbers.returnPreference]
      var found: [Finding] = []
      for foreign in host.rules {
        let rule = foreign.rule
        let title = "\(vlan.interface): another program's rule of preference \(rule.preference)"
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
