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
    var items: [ConfigurationItem] = [.gap, .block("global_defs", globalDefinitions(node: node, vlans))]
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

  private func globalDefinitions(node: String, _ vlans: [VLAN]) -> [ConfigurationItem] {
    var items: [ConfigurationItem] = [
      .line("router_id \(node)"),
      // Otherwise routers go on asking whoever announced itself last, until they forget it.
      .comment("When there were two directors, who gives way says so, and who stays announces itself again."),
      .line("vrrp_higher_prio_send_advert true"),
    ]
    // With a consistent hash every director finds the same real server anew, and under conntrack what a connection needs on
    // the director is not in IPVS's table alone.
    if dataplane == .stateless, !services.allSatisfy(\.hasConsistentHash), let first = vlans.first {
      items += [
        .comment("Not every service's scheduler is a consistent hash: the next director must be told of connections."),
        .line("lvs_sync_daemon \(first.interface) \(first.interface)"),
      ]
    }
    return items
  }

  /// The node that a VLAN's director shall be when it is well; under conntrack one for all VLANs.
  private func preferredNode(_ vlan: VLAN) -> String? {
    dataplane == .conntrack ? vlans.lazy.compactMap(\.prefer).first : vlan.prefer
  }

  private func instance(of vlan: VLAN, node: String) throws(Failure) -> ConfigurationItem {
    guard let routerID = vlan.routerID else {
      throw Failure(
        interface: vlan.interface, operation: "rendering keepalived.conf",
        reason: "it has no router-id, and its id, \(vlan.id), is above 255; add \"router-id N\", 1 to 255")
    }
    let preferred = preferredNode(vlan)
    let items: [ConfigurationItem] = [
      // Whoever starts as MASTER would take the vip from a director that is well.
      .line("state BACKUP"),
      .line("interface \(vlan.interface)"),
      .line("virtual_router_id \(routerID)"),
      .line("priority \(node == preferred ? 250 : ordinaryPriority(of: node))"),
      .line("advert_int 1"),
      preferred == nil
        ? .comment("Whoever is director stays it: a node that returns moves nothing.")
        : .comment("A node that returns waits until its health checks know the real servers."),
      .line(preferred == nil ? "nopreempt" : "preempt_delay 30"),
      .comment("No authentication: VRRP has had none since RFC 3768, and keepalived's is in clear text."),
      .block("virtual_ipaddress", [.line(vlan.vip.description)]),
    ]
    let title: [ConfigurationItem] = vlan.site.map { [.comment($0)] } ?? []
    return .block("vrrp_instance \(vlan.interface)", title + items)
  }

  /// The priorities of nodes that are not preferred, 200 to 10 in the file's order, as far apart as can be: a backup waits
  /// (256 - priority) / 256 s before it takes over (RFC 3768, 6.1), so that close ones would do so at once.
  private func ordinaryPriority(of node: String) -> Int {
    let directors = nodes.filter(\.mayDirect).map(\.name)
    return 200 - (directors.firstIndex(of: node) ?? 0) * 190 / max(directors.count, 1)
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
        + (service.schedulerFlag.map { [.line($0)] } ?? [])
        + [.line("lb_kind DR"), .line("delay_loop 3")] + realServers)
  }
}

extension Service {
  /// What makes a hash consider the client's port too, so that the requests of one client are shared out (ipvsadm(8)).
  fileprivate var schedulerFlag: String? {
    switch scheduler {
    case "mh": "mh-port"
    case "sh": "sh-port"
    default: nil
    }
  }

  /// The health checks of a real server, one for each port; all must succeed.
  fileprivate func checks(at address: IPv4Address) -> [ConfigurationItem] {
    func check(_ kind: String, _ port: UInt16, _ more: [ConfigurationItem] = []) -> ConfigurationItem {
      .block(
        kind,
        more + [
          .line("connect_ip \(address)"), .line("connect_port \(port)"), .line("connect_timeout 2"), .line("retry 1"),
          .line("delay_before_retry 1"),
        ])
    }
    switch self.check {
    case .none: return []
    case .http(let path):
      return tcp.map {
        check("HTTP_GET", $0, [.block("url", [.line("path \(path)"), .line("status_code 200")])])
      }
    // Where there is no TCP port to connect to, a refused datagram tells as much.
    case .tcp: return tcp.isEmpty ? udp.map { check("UDP_CHECK", $0) } : tcp.map { check("TCP_CHECK", $0) }
    }
  }
}
