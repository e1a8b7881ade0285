// keepalived.conf(5) for one node: VRRP decides who is director, virtual servers send each service's requests to the nodes.

extension Configuration {
  /// Renders keepalived's configuration.
  ///
  /// But for the priorities, all directors' are the same, as mh demands. A node that is never director has nothing to do:
  /// the others check it and send it requests. Disabled VLANs have no director.
  /// - Parameter node: the node that it is for.
  /// - Throws: when a VLAN has no router id.
  func keepalived(node: String) throws(Failure) -> [ConfigurationItem] {
    // A request for a VLAN that is not started would reach nobody.
    let vlans = vlans.filter { !$0.isDisabled }
    guard nodes.contains(where: { $0.name == node && $0.mayDirect }) else {
      return [
        .gap, .block("global_defs", [.line("router_id \(node)")]),
        .comment("This node is never director: those who are check it and send it requests."),
      ]
    }
    var items: [ConfigurationItem] = [.gap, .block("global_defs", try globalDefinitions(node: node, vlans))]
    // keepalived refuses a group of none, and complains of a group of one.
    if dataplane == .conntrack, vlans.count > 1 {
      items += [
        .gap,
        .comment("A reply passes through the director of its own VLAN: one node must be director of all of them."),
        .block(
          "vrrp_sync_group lvs-overlap",
          // At the beginning of a line, @ makes it conditional; quotes take that away.
          [
            .block(
              "group",
              vlans.map(\.interface.description).map { .line($0.utf8.first == UInt8(ascii: "@") ? "\"\($0)\"" : $0) })
          ]),
      ]
    }
    for vlan in vlans { items += [.gap, try instance(of: vlan, node: node)] }
    for vlan in vlans {
      for service in services { items += [.gap, virtualServer(of: service, vlan)] }
    }
    return items
  }

  private func globalDefinitions(node: String, _ vlans: [VLAN]) throws(Failure) -> [ConfigurationItem] {
    var items: [ConfigurationItem] = [
      .line("router_id \(node)"),
      .comment("A VLAN that is not there, or goes and comes again, is no reason to give up the others."),
      .line("dynamic_interfaces"),
      // Otherwise routers go on asking whoever announced itself last, until they forget it.
      .comment("When there were two directors, who gives way says so, and who stays announces itself again."),
      .line("vrrp_higher_prio_send_advert true"),
      .comment("What a stop has left in IPVS on purpose (see /etc/default/keepalived) may be out of date."),
      .line("lvs_flush"),
    ]
    // With a consistent hash every director finds the same real server anew, and under conntrack what a connection needs on
    // the director is not in IPVS's table alone. No instance is named: keepalived then has every node both tell and listen,
    // as it must where nodes direct different VLANs.
    if dataplane == .stateless, !services.allSatisfy(\.hasConsistentHash), let first = vlans.first {
      items += [
        .comment("Not every service's scheduler is a consistent hash: the next director must be told of connections."),
        .line("lvs_sync_daemon \(first.interface) id \(try routerID(of: first))"),
      ]
    }
    return items
  }

  /// The node that a VLAN's director shall be when it is well; under conntrack one for all VLANs.
  private func preferredNode(_ vlan: VLAN) -> String? {
    dataplane == .conntrack ? vlans.lazy.compactMap(\.prefer).first : vlan.prefer
  }

  private func routerID(of vlan: VLAN) throws(Failure) -> Int {
    guard let routerID = vlan.routerID else {
      throw Failure(
        interface: vlan.interface, operation: "rendering keepalived.conf",
        reason: "it has no router-id, and its id, \(vlan.id), is above 255; add \"router-id N\", 1 to 255")
    }
    return routerID
  }

  private func instance(of vlan: VLAN, node: String) throws(Failure) -> ConfigurationItem {
    let preferred = preferredNode(vlan)
    var items: [ConfigurationItem] = [
      // Whoever starts as MASTER would take the vip from a director that is well.
      .line("state BACKUP"),
      .line("interface \(vlan.interface)"),
      .line("virtual_router_id \(try routerID(of: vlan))"),
    ]
    // A backup waits (256 - priority) / 256 s before it takes over (RFC 3768, 6.1), so they are as high as can be; 255 is the
    // router's own. "nopreempt" would do for equals, too, but keepalived 2.2 then ignores an interface that comes again.
    if let preferred {
      items += [
        .line("priority \(node == preferred ? 254 : 253)"),
        .comment("The preferred node waits until its health checks know the real servers."),
        .line("preempt_delay 30"),
      ]
    } else {
      items += [
        .comment("All nodes have the same: whoever is director stays it, and a node that returns moves nothing."),
        .line("priority 253"),
      ]
    }
    items += [
      .line("advert_int 1"),
      .comment("No authentication: VRRP has had none since RFC 3768, and keepalived's is in clear text."),
      .block("virtual_ipaddress", [.line(vlan.vip.description)]),
    ]
    let title: [ConfigurationItem] = vlan.site.map { [.comment($0)] } ?? []
    return .block("vrrp_instance \(vlan.interface)", title + items)
  }

  private func virtualServer(of service: Service, _ vlan: VLAN) -> ConfigurationItem {
    let mark = Numbers(id: vlan.id).requestMark(service)
    let realServers = nodes.compactMap { node in
      vlan.addresses[node.name].map { address in
        ConfigurationItem.block(
          "real_server \(address.address)", [.line("weight \(node.weight)")] + service.checks(at: address.address))
      }
    }
    return .block(
      "virtual_server fwmark \(mark)",
      [.comment("Service \(service.name) on \(vlan.interface)."), .line("lb_algo \(service.scheduler)")]
        + service.schedulerFlags.map { .line($0) }
        + [.line("lb_kind DR"), .line("delay_loop 3")] + realServers)
  }
}

extension Service {
  /// What a hash needs (ipvsadm(8)): with the client's port in it the requests of one client are shared out, and without a
  /// fallback it sends some of them to a real server of weight 0, to be refused.
  fileprivate var schedulerFlags: [String] {
    ["mh", "sh"].contains(scheduler) ? ["\(scheduler)-port", "\(scheduler)-fallback"] : []
  }

  /// The health checks of a real server, one for each port; all must succeed.
  fileprivate func checks(at address: IPv4Address) -> [ConfigurationItem] {
    func check(_ kind: String, _ port: UInt16?, _ more: [ConfigurationItem] = []) -> ConfigurationItem {
      .block(
        kind,
        more + [.line("connect_ip \(address)")] + (port.map { [.line("connect_port \($0)")] } ?? []) + [
          .line("connect_timeout 2"), .line("retry 1"), .line("delay_before_retry 1"),
        ])
    }
    func connections(_ ports: some Sequence<UInt16>) -> [ConfigurationItem] { ports.map { check("TCP_CHECK", $0) } }
    switch self.check {
    case .none: return []
    case .http(let path):
      // The others may well speak something else, such as HTTPS.
      return tcp.prefix(1).map {
        check("HTTP_GET", $0, [.block("url", [.line("path \(path)"), .line("status_code 200-299")])])
      } + connections(tcp.dropFirst())
    // Where there is no TCP port to connect to, a refused datagram tells as much, but silence does not: ARP needs up to a
    // minute to find that no one is there (base_reachable_time_ms in ip-sysctl).
    case .tcp:
      return tcp.isEmpty ? [check("PING_CHECK", nil)] + udp.map { check("UDP_CHECK", $0) } : connections(tcp)
    }
  }
}
