// interfaces(5) for one node: the virtual IPs on lo, the trunks, and the VLANs with the node's own addresses.

extension Configuration {
  /// Renders ifupdown's stanzas, in the words that ifupdown, ifupdown2 and ifupdown-ng share.
  /// - Parameter node: the node that they are for.
  func interfacesFile(node: String) -> [ConfigurationItem] {
    var items: [ConfigurationItem] = [
      .gap,
      .comment("Every node has the virtual IPs, and answers no ARP request for them."),
      .line("auto lo"),
      .group(
        "iface lo inet loopback",
        virtualIPs.map { .line("up ip address replace \($0)/32 dev lo") }
          + virtualIPs.map { .line("down ip address delete \($0)/32 dev lo || true") }),
    ]
    var trunks: [String] = []
    for trunk in vlans.compactMap(\.trunk) where !trunks.contains(trunk) { trunks.append(trunk) }
    for trunk in trunks { items += [.gap, .line("auto \(trunk)"), .line("iface \(trunk) inet manual")] }
    for vlan in vlans {
      items.append(.gap)
      if let site = vlan.site { items.append(.comment(site)) }
      items.append(.line("auto \(vlan.interface)"))
      let address = vlan.addresses[node].map { [ConfigurationItem.line("address \($0)")] } ?? []
      items.append(.group("iface \(vlan.interface) inet static", address))
    }
    return items
  }
}

extension VLAN {
  /// The interface that the VLAN is on, where its name tells: eth0 for eth0.10 (vlan-interfaces(5)).
  var trunk: String? {
    let name = interface.description.utf8
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return nil }
    let digits = name[name.index(after: dot)...]
    let isNumber = !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return isNumber ? String(name[..<dot]) : nil
  }
}
