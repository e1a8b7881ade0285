// Names for our routing tables, so that "ip rule" and "ip route" print what they are for.

extension Configuration {
  /// Renders what ip reads from rt_tables.d; only conntrack has tables.
  var routingTableNames: [ConfigurationItem] {
    guard dataplane == .conntrack else { return [.comment("The stateless dataplane has no routing tables.")] }
    return vlans.flatMap { vlan in
      let numbers = Numbers(id: vlan.id)
      return [
        ConfigurationItem.line("\(numbers.gatewayTable) \(vlan.interface)-gateway"),
        .line("\(numbers.peerTable) \(vlan.interface)-peer"),
      ]
    }
  }
}
