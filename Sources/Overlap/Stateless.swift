// The stateless dataplane: prefix translation on the VLAN device itself, below IPVS and netfilter.

extension Filter {
  /// The places of our filters within 14300 to 14399, in the order in which a packet meets them.
  enum Place {
    /// A service's port from a client subnet: marked for IPVS, and translated.
    static let service: UInt16 = 14300
    /// The same in the first of several fragments, where flower sees no port.
    ///
    /// The fragments after it follow as `other`; the reassembled packet has the first one's mark.
    static let firstFragment: UInt16 = 14310
    /// ICMP: what is inside an error is translated too, whoever sent it, the router included.
    static let icmp: UInt16 = 14320
    /// All else from a client subnet: translated only.
    static let other: UInt16 = 14330
    /// Replies to a unique subnet, on egress.
    static let reply: UInt16 = 14340
  }
}

extension Slice {
  /// The slice of a VLAN under the stateless dataplane, the same on every node.
  /// - Parameters:
  ///   - vlan: the VLAN.
  ///   - services: all services of the file.
  init(stateless vlan: VLAN, services: [Service]) {
    let numbers = Numbers(id: vlan.id)
    let interface = vlan.interface
    let endpoints = services.flatMap { $0.endpoints(numbers: numbers) }

    func filter(_ hook: Filter.Hook, _ place: UInt16, _ match: Filter.Match, _ actions: [Filter.Action]) -> Filter {
      Filter(interface: interface, hook: hook, preference: place, match: match, actions: actions)
    }
    func translate(_ netmap: Netmap) -> Filter.Action {
      .translateSource(from: netmap.client, to: netmap.unique.first)
    }

    var filters: [Filter] = []
    for netmap in vlan.netmaps {
      for endpoint in endpoints {
        filters.append(
          filter(
            .ingress, Filter.Place.service,
            .header(
              protocol: endpoint.transport.rawValue, source: netmap.client,
              destination: IPv4Prefix(endpoint.address, length: 32), port: endpoint.port),
            [.mark(endpoint.mark), translate(netmap)]))
      }
    }
    for netmap in vlan.netmaps {
      for endpoint in endpoints {
        filters.append(
          filter(
            .ingress, Filter.Place.firstFragment,
            .firstFragment(
              transport: endpoint.transport, source: netmap.client, destination: endpoint.address, port: endpoint.port),
            [.mark(endpoint.mark), translate(netmap)]))
      }
    }
    // 1 is ICMP (RFC 792). The file allows at most 32 netmaps, as the kernel allows actions (TCA_ACT_MAX_PRIO).
    filters.append(
      filter(
        .ingress, Filter.Place.icmp, .header(protocol: 1, source: nil, destination: nil, port: nil),
        vlan.netmaps.map(translate)))
    for netmap in vlan.netmaps {
      filters.append(
        filter(
          .ingress, Filter.Place.other, .header(protocol: nil, source: netmap.client, destination: nil, port: nil),
          [translate(netmap)]))
    }
    for netmap in vlan.netmaps {
      filters.append(
        filter(
          .egress, Filter.Place.reply, .header(protocol: nil, source: nil, destination: netmap.unique, port: nil),
          [.translateDestination(from: netmap.unique, to: netmap.client.first)]))
    }

    var shared = [Sysctl("net/ipv4/vs/expire_nodest_conn"): "1"]
    if services.allSatisfy(\.hasConsistentHash) {
      shared[Sysctl("net/ipv4/vs/sloppy_tcp")] = "1"
    }

    self.init(
      interface: interface, id: vlan.id,
      sysctls: [
        // Virtual IPs are on lo: answer ARP only for what this interface itself carries, and never announce them.
        Sysctl("arp_ignore", of: interface): "1",
        Sysctl("arp_announce", of: interface): "2",
        // A packet must come from where its answer would go: a unique address of another site is dropped.
        Sysctl("rp_filter", of: interface): "1",
      ],
      sharedSysctls: shared,
      routes: vlan.netmaps.map {
        Route(
          destination: $0.unique, gateway: vlan.gateway, interface: interface, table: Numbers.mainTable)
      },
      filters: filters)
  }
}

extension Service {
  /// Whether the scheduler picks the same real server on every node.
  ///
  /// Not so "sh", which goes by the order in which real servers came into the pool (ip_vs_sh_reassign in
  /// net/netfilter/ipvs/ip_vs_sh.c): it is another one on a director that has seen one leave and return.
  ///
  /// If so for every service, a packet of an unknown connection may be scheduled as if it were new (`sloppy_tcp`), and a
  /// moved director loses nothing.
  var hasConsistentHash: Bool { scheduler == "mh" }
}
