// The VLANs' interfaces as the file has them: link, addresses, and the router behind them.

extension Inspection {
  /// Interfaces that are not there, not up, or have other addresses than the file says.
  func checkInterfaces(_ host: HostState) -> [Finding] { vlans.flatMap { findings(on: $0, host) } }

  private func findings(on vlan: VLAN, _ host: HostState) -> [Finding] {
    let name = vlan.interface
    guard let link = host.links[name] else { return [.error("\(name): no such interface; ifup \(name)")] }
    if !link.isUp {
      // The kernel refuses to set a VLAN up whose trunk is down.
      if let trunk = vlan.trunk, let under = InterfaceName(trunk).flatMap({ host.links[$0] }), !under.isUp {
        return [.error("\(name): is down, and so is its trunk; ip link set \(trunk) up, then \(name)")]
      }
      return [.error("\(name): is down; ip link set \(name) up")]
    }
    if !link.hasCarrier { return [.error("\(name): has no carrier; look at the cable, the trunk and the switch")] }
    var found: [Finding] = []
    if !node.mayDirect, link.addresses.contains(where: { $0.address == vlan.vip.address }) {
      found.append(
        .error(
          "\(name): has vip \(vlan.vip), though \(node.name) is never director; ip address delete \(vlan.vip) dev \(name)"
        ))
    }
    guard let address = vlan.addresses[node.name] else { return found }
    guard link.addresses.contains(address) else {
      let others = link.addresses.filter { $0 != vlan.vip }
      let has = others.isEmpty ? "none" : others.map(\.description).joined(separator: ", ")
      return found + [
        .error(
          "\(name): its address is not \(address), as the file has it for \(node.name), but \(has); "
            + "mend /etc/network/interfaces or the file, then ifdown and ifup \(name)")
      ]
    }
    // What the peer forwards is redirected to the interface's first address (nf_nat_redirect_ipv4 in
    // net/netfilter/nf_nat_redirect.c), and the replies' rule is for the one of the file.
    if configuration.dataplane == .conntrack, let first = link.addresses.first, first != address {
      found.append(
        .error(
          "\(name): its first address is \(first), not \(address), which replies must have; ifdown and ifup \(name)"))
    } else if let first = link.addresses.first(where: { $0.prefix == address.prefix }), first != address {
      found.append(
        .warning("\(name): \(address) is secondary to \(first), under which it speaks; ifdown and ifup \(name)"))
    }
    return found
  }

  /// Gateways that do not answer, and routes by others.
  func checkGateways(_ host: HostState) -> [Finding] {
    vlans.flatMap { vlan -> [Finding] in
      let name = vlan.interface
      var found: [Finding] = []
      if host.silentNeighbours.contains(name) {
        found.append(
          .error(
            "\(name): gateway \(vlan.gateway) does not answer ARP; look at the router, the trunk and the VLAN's number")
        )
      }
      for route in host.routes where route.interface == name {
        guard let gateway = route.gateway, gateway != vlan.gateway else { continue }
        found.append(
          .warning("\(name): \(route) goes by \(gateway), but the file's gateway is \(vlan.gateway)"))
      }
      return found
    }
  }
}
