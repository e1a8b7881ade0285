// The conntrack dataplane: the guide's own design, object for object, in nftables and iproute2.

extension Slice {
  /// The slice of a VLAN under the conntrack dataplane.
  /// - Parameters:
  ///   - vlan: the VLAN; it has an address for each of the two nodes.
  ///   - node: the name of this node.
  ///   - services: all services of the file.
  init(conntrack vlan: VLAN, node: String, services: [Service]) {
    let numbers = Numbers(id: vlan.id)
    let interface = vlan.interface
    let endpoints = services.flatMap { $0.endpoints(numbers: numbers) }
    let own = vlan.addresses[node]?.address
    let peer = vlan.addresses.first { $0.key != node }?.value.address

    var rules: [Rule] = []
    for netmap in vlan.netmaps {
      // What the peer forwarded was redirected to this node's own address, and its replies must go back through the peer.
      if let own {
        rules.append(
          Rule(
            preference: numbers.peerPreference, source: IPv4Prefix(own, length: 32), destination: netmap.unique,
            table: numbers.peerTable))
      }
      rules.append(
        Rule(preference: numbers.gatewayPreference, destination: netmap.unique, table: numbers.gatewayTable))
      // Translated back, a reply's destination is ambiguous; its mark is not.
      rules.append(
        Rule(
          preference: numbers.returnPreference, destination: netmap.client, mark: numbers.returnMark,
          table: numbers.gatewayTable))
    }

    func defaultRoute(via gateway: IPv4Address, table: UInt32) -> Route {
      Route(
        destination: IPv4Prefix(IPv4Address(bits: 0), length: 0), gateway: gateway, interface: interface, table: table)
    }
    var routes = [defaultRoute(via: vlan.gateway, table: numbers.gatewayTable)]
    if let peer { routes.append(defaultRoute(via: peer, table: numbers.peerTable)) }

    var elements: [Element] = [
      Element(.zone, [.interface(interface)], .zone(numbers.zone)),
      Element(.returnMark, [.interface(interface)], .mark(numbers.returnMark)),
    ]
    for netmap in vlan.netmaps {
      elements.append(Element(.client, [.interface(interface), .prefix(netmap.client)]))
      elements.append(Element(.unique, [.interface(interface), .prefix(netmap.unique)]))
      for mark in Set(endpoints.map(\.mark)).sorted() {
        elements.append(Element(.netmap, [.mark(mark), .prefix(netmap.client)], .prefix(netmap.unique)))
      }
    }
    for endpoint in endpoints {
      let key: [Element.Field] = [
        .interface(interface), .address(endpoint.address), .transport(endpoint.transport), .port(endpoint.port),
      ]
      elements.append(Element(.service, key))
      elements.append(Element(.requestMark, key, .mark(endpoint.mark)))
    }
    for address in Set(endpoints.map(\.address)).sorted() {
      elements.append(Element(.virtualIP, [.interface(interface), .address(address)]))
    }

    self.init(
      interface: interface, id: vlan.id,
      sysctls: [
        // Virtual IPs are on lo: answer ARP only for what this interface itself carries, and never announce them.
        Sysctl("arp_ignore", of: interface): "1",
        Sysctl("arp_announce", of: interface): "2",
        // The peer's replies have the virtual IP, which is this node's own too, as their source, and are forwarded.
        Sysctl("accept_local", of: interface): "1",
        Sysctl("forwarding", of: interface): "1",
        // A client's own address has no route back, or another VLAN's: even the loose 2, which Debian 13 sets, drops it.
        Sysctl("rp_filter", of: interface): "0",
        // A redirect would send the peer's replies straight to the router, past their translation. The kernel accepts
        // one only if both this and `all` say so (IN_DEV_RX_REDIRECTS with forwarding on), but sends one if either does.
        Sysctl("accept_redirects", of: interface): "0",
        Sysctl("send_redirects", of: interface): "0",
      ],
      sharedSysctls: [
        Sysctl("net/ipv4/conf/all/accept_redirects"): "0",
        Sysctl("net/ipv4/conf/all/send_redirects"): "0",
        // Without it, netfilter's nat chains never see what IPVS forwards.
        Sysctl("net/ipv4/vs/conntrack"): "1",
      ],
      routes: routes, rules: rules, elements: elements)
  }
}
