// What makes a node a director, or able to become one: VRRP on the VLANs, and IPVS's virtual services and real servers.

extension Inspection {
  /// VLANs on which this node takes no part in the election of the director.
  func checkVRRP(_ host: HostState) -> [Finding] {
    guard node.mayDirect else { return [] }
    return vlans.map(\.interface).filter { name in
      host.links[name].map { $0.isUp && $0.hasCarrier } == true && !host.vrrpInterfaces.contains(name)
    }.map {
      .error(
        "\($0): nothing listens to VRRP, so this node is not its director, or not rightly; does keepalived run, as "
          + "rendered?")
    }
  }

  /// IPVS as far as it is not what keepalived.conf asks for.
  func checkVirtualServices(_ host: HostState) -> [Finding] {
    guard node.mayDirect else { return [] }
    let services = host.virtualServices ?? [:]
    var found: [Finding] = []
    var missing: [String] = []
    for vlan in vlans {
      for service in configuration.services {
        let mark = Numbers(id: vlan.id).requestMark(service)
        guard let virtualService = services[mark] else {
          missing.append("\(mark) (\(service.name) on \(vlan.interface))")
          continue
        }
        found += findings(in: virtualService, fwmark: mark, vlan, service)
      }
    }
    if let first = missing.first {
      let more = missing.count == 1 ? "" : " and \(missing.count - 1) more"
      found.insert(
        .error("IPVS has no virtual service for fwmark \(first)\(more); does keepalived run, as rendered?"), at: 0)
    }
    return found
  }

  private func findings(
    in virtualService: VirtualService, fwmark: UInt32, _ vlan: VLAN, _ service: Service
  ) -> [Finding] {
    let title = "IPVS: fwmark \(fwmark) (\(service.name) on \(vlan.interface))"
    var found: [Finding] = []
    if virtualService.scheduler != service.scheduler {
      found.append(
        .error(
          "\(title) has scheduler \(virtualService.scheduler), not \(service.scheduler); render keepalived.conf again"))
    }
    if !virtualService.realServers.contains(where: { $0.weight > 0 }) {
      found.append(
        .error(
          "\(title) has no real server for new connections; do the applications run, and their health checks succeed?")
      )
    }
    var nodes: [IPv4Address: Node] = [:]
    for node in configuration.nodes { if let address = vlan.addresses[node.name]?.address { nodes[address] = node } }
    for server in virtualService.realServers {
      guard let node = nodes[server.address] else {
        found.append(
          .error("\(title) has real server \(server.address), which is no node's; render keepalived.conf again"))
        continue
      }
      if !server.isDirect {
        found.append(
          .error("\(title) does not forward to \(server.address) by direct routing; render keepalived.conf again"))
      }
      if server.weight != node.weight {
        found.append(
          .warning(
            "\(title) has real server \(server.address) (\(node.name)) with weight \(server.weight), not \(node.weight); "
              + "render keepalived.conf again"))
      }
    }
    let pool = Set(virtualService.realServers.map(\.address))
    for node in configuration.nodes {
      guard let address = vlan.addresses[node.name]?.address, !pool.contains(address) else { continue }
      found.append(
        .warning("\(title) lacks real server \(address) (\(node.name)); its health check fails, or it is down"))
    }
    return found
  }
}
