// What no line shows by itself: whether the file's parts fit together, and the configuration that they make.

extension Parser {
  /// Checks the drafts against each other.
  /// - Returns: what the file says, without the VLANs that have an error.
  mutating func checked() -> Configuration {
    interface = nil
    checkNodes()
    checkServices()
    let virtualIPs = services.flatMap { service in
      service.addresses.map { VirtualIP(address: $0.value, service: service.title, offset: $0.offset) }
    }.sorted { ($0.address, $0.offset) < ($1.address, $1.offset) }
    for (index, vlan) in vlans.enumerated() {
      interface = vlan.interface
      checkNodes(of: vlan)
      vlans[index].isPrefixDoubtful = !isLinkSound(vlan)
      checkClients(of: vlan)
      check(vlan, against: virtualIPs)
    }
    checkIDs()
    checkPreferences()
    checkSubnets()
    let faulty = Set(faults.compactMap(\.interface))
    return Configuration(
      dataplane: dataplane?.value ?? .stateless, nodes: nodes.map(finished), services: services.compactMap(finished),
      vlans: vlans.compactMap { $0.interface.map(faulty.contains) == false ? finished($0) : nil })
  }

  // MARK: Nodes and services

  private mutating func checkNodes() {
    guard !hasUnreadableNode else { return }
    if nodes.isEmpty, let first = [services.first?.offset, vlans.first?.offset].compactMap({ $0 }).min() {
      report(first, "the file has no node; add \"node NAME\" for each node, with its short host name")
    }
    if let dataplane, dataplane.value == .conntrack, !nodes.isEmpty, nodes.count != 2 {
      report(
        dataplane.offset,
        "dataplane conntrack with \(nodes.count) node\(nodes.count == 1 ? "" : "s"); it needs two, stateless takes any "
          + "number")
    }
    if let last = nodes.compactMap(\.mayDirect).last, nodes.allSatisfy({ $0.mayDirect?.value == false }) {
      report(last.offset, "no node may be director; one at least must be without \"director no\"")
    }
    if let last = nodes.compactMap(\.weight).last, nodes.allSatisfy({ $0.weight?.value == 0 }) {
      report(last.offset, "every node has weight 0, so none gets a request; give one at least another")
    }
  }

  private func finished(_ node: NodeDraft) -> Node {
    Node(node.name.value, mayDirect: node.mayDirect?.value ?? true, weight: node.weight?.value ?? 1)
  }

  private mutating func checkServices() {
    if services.isEmpty, !hasUnreadableService, let first = vlans.first {
      report(first.offset, "the file has no service; add \"service NAME\" with its virtual IPs and ports")
    }
    var numbers: [Int: Int] = [:]
    for service in services {
      reportRepeats(service.addresses, "virtual IP")
      reportRepeats(service.tcp, "tcp port")
      reportRepeats(service.udp, "udp port")
      if case .http = service.check.value, service.lacksTCP, !service.udp.isEmpty {
        report(
          service.check.offset,
          "check http asks a TCP port, and \(service.title) has none; add \"tcp PORT\", or write check tcp or check none"
        )
      }
      if let number = service.number {
        if let earlier = numbers[number.value] {
          report(
            number.offset,
            "number \(number.value) is taken in line \(source.line(of: earlier)); two services would share their fwmarks"
          )
        } else {
          numbers[number.value] = number.offset
        }
      } else if service.lacksNumber, services.count > 1 {
        report(
          service.offset,
          "\(service.title) has no number; with several services each needs \"number N\", 1 to 99, for its fwmarks")
      }
    }
    checkPorts()
  }

  private mutating func reportRepeats<Value: Hashable & Sendable>(_ values: [Located<Value>], _ name: String) {
    var seen: [Value: Int] = [:]
    for value in values {
      if let earlier = seen[value.value] {
        report(value.offset, "second \(name) \(value.value); line \(source.line(of: earlier)) has it already")
      } else {
        seen[value.value] = value.offset
      }
    }
  }

  /// Reports services that would serve the same port of the same virtual IP, once for each pair of services.
  private mutating func checkPorts() {
    // More services than numbers for them are reported anyway; leaving them out bounds the effort.
    let known = services.prefix(Limits.serviceNumber.count)
    let sets = known.map { service in
      (
        addresses: Set(service.addresses.map(\.value)), tcp: Set(service.tcp.map(\.value)),
        udp: Set(service.udp.map(\.value))
      )
    }
    for (later, service) in known.enumerated() {
      for earlier in 0..<later {
        guard let shared = service.addresses.first(where: { sets[earlier].addresses.contains($0.value) }) else {
          continue
        }
        let port =
          service.tcp.first { sets[earlier].tcp.contains($0.value) }.map { ("tcp", $0) }
          ?? service.udp.first { sets[earlier].udp.contains($0.value) }.map { ("udp", $0) }
        guard let (name, port) = port else { continue }
        let other = services[earlier]
        report(
          port.offset,
          "\(name) port \(port.value) of virtual IP \(shared.value) is also served by \(other.title) "
            + "(line \(source.line(of: other.offset)))")
      }
    }
  }

  private func finished(_ service: ServiceDraft) -> Service? {
    guard let name = service.name, !service.addresses.isEmpty, !(service.tcp + service.udp).isEmpty,
      let number = service.number?.value ?? (services.count == 1 ? 1 : nil)
    else { return nil }
    return Service(
      name: name, number: number, addresses: service.addresses.map(\.value), tcp: service.tcp.map(\.value),
      udp: service.udp.map(\.value), scheduler: service.scheduler, check: service.check.value)
  }

  // MARK: One VLAN

  private mutating func checkNodes(of vlan: VLANDraft) {
    guard !hasUnreadableNode, !nodes.isEmpty else { return }
    var lines = [Int?](repeating: nil, count: nodes.count)
    var hasUnknownNode = vlan.hasUnreadableNode
    for address in vlan.addresses {
      guard let index = nodeIndices[address.node.value] else {
        hasUnknownNode = true
        reportUnknown(address.node)
        continue
      }
      if let earlier = lines[index] {
        report(
          address.node.offset,
          "second address for node \(address.node.value); line \(source.line(of: earlier)) has one, and one is enough")
      } else {
        lines[index] = address.node.offset
      }
    }
    if let prefer = vlan.prefer { check(prefer) }
    // An address for an unknown node was most likely meant for the node that now has none.
    guard !hasUnknownNode, lines.contains(nil) else { return }
    let missing = nodes.indices.filter { lines[$0] == nil }.map { nodes[$0].name.value }
    report(
      vlan.offset,
      "\(vlan.title) has no address for node \(missing.joined(separator: ", ")); add "
        + "\"address \(missing[0]) ADDRESS/LENGTH\"")
  }

  private mutating func check(_ prefer: Located<String>) {
    guard let index = nodeIndices[prefer.value] else { return reportUnknown(prefer) }
    if let mayDirect = nodes[index].mayDirect, !mayDirect.value {
      report(
        prefer.offset,
        "node \(prefer.value) is never director (line \(source.line(of: mayDirect.offset))); prefer another")
    }
  }

  private mutating func reportUnknown(_ node: Located<String>) {
    let known = nodes.map(\.name.value)
    report(
      node.offset,
      "unknown node \"\(node.value.prefix(60))\"; "
        + (advice(node.value, known) ?? "the nodes are \(known.joined(separator: ", "))"))
  }

  /// Checks the addresses on the VLAN itself against its prefix, which is the vip's, and against each other.
  /// - Returns: whether the nodes' addresses bear that prefix out.
  private mutating func isLinkSound(_ vlan: VLANDraft) -> Bool {
    var isSound = true
    if let vip = vlan.vip?.value {
      let prefix = vip.prefix
      for case let address? in vlan.addresses.map(\.address) {
        if address.value.length != vip.length {
          isSound = false
          report(address.offset, "\(address.value) has another prefix length than vip \(vip)")
        } else if !prefix.contains(address.value.address) {
          isSound = false
          report(address.offset, "\(address.value) lies outside the VLAN's prefix \(prefix), which is the vip's")
        }
      }
      if let gateway = vlan.gateway {
        if !prefix.contains(gateway.value) {
          report(
            gateway.offset, "gateway \(gateway.value) lies outside the VLAN's prefix \(prefix), which is the vip's")
        } else if let complaint = notAHost(gateway.value, in: prefix) {
          report(gateway.offset, "gateway \(gateway.value) \(complaint)")
        }
      }
    }
    let hosts = hosts(of: vlan).sorted { ($0.address, $0.offset) < ($1.address, $1.offset) }
    for (earlier, later) in zip(hosts, hosts.dropFirst()) where earlier.address == later.address {
      // Two lines for one node are reported as such.
      if earlier.role == later.role { continue }
      report(
        later.offset,
        "\(later.role) is \(later.address), which is also the \(earlier.role) "
          + "(line \(source.line(of: earlier.offset)))")
    }
    return isSound
  }

  private func hosts(of vlan: VLANDraft) -> [(address: IPv4Address, role: String, offset: Int)] {
    var hosts: [(address: IPv4Address, role: String, offset: Int)] = []
    if let gateway = vlan.gateway { hosts.append((gateway.value, "gateway", gateway.offset)) }
    if let vip = vlan.vip { hosts.append((vip.value.address, "vip", vip.offset)) }
    for draft in vlan.addresses {
      guard let address = draft.address else { continue }
      hosts.append((address.value.address, "address of node \(draft.node.value)", address.offset))
    }
    return hosts
  }

  private mutating func checkClients(of vlan: VLANDraft) {
    let clients = vlan.netmaps.prefix(Limits.netmaps).map(\.client)
    for (index, client) in clients.enumerated() {
      if let earlier = clients.prefix(index).first(where: { $0.value.overlaps(client.value) }) {
        report(
          client.offset,
          "client subnet \(client.value) overlaps client subnet \(earlier.value) of the same VLAN "
            + "(line \(source.line(of: earlier.offset)))")
      }
      if let prefix = vlan.vip?.value.prefix, prefix.overlaps(client.value) {
        report(
          client.offset, "client subnet \(client.value) overlaps the VLAN's own prefix \(prefix), which is the vip's")
      }
    }
  }

  /// A virtual IP and where it comes from.
  private struct VirtualIP {
    var address: IPv4Address
    var service: String
    var offset: Int
  }

  private mutating func check(_ vlan: VLANDraft, against virtualIPs: [VirtualIP]) {
    func first(in prefix: IPv4Prefix) -> VirtualIP? {
      var low = 0
      var high = virtualIPs.count
      while low < high {
        let middle = (low + high) / 2
        if virtualIPs[middle].address < prefix.first { low = middle + 1 } else { high = middle }
      }
      return low < virtualIPs.count && virtualIPs[low].address <= prefix.last ? virtualIPs[low] : nil
    }
    for netmap in vlan.netmaps.prefix(Limits.netmaps) {
      for (name, subnet) in [("client", netmap.client), ("unique", netmap.unique)] {
        guard let virtualIP = first(in: subnet.value) else { continue }
        report(
          subnet.offset,
          "\(name) subnet \(subnet.value) contains virtual IP \(virtualIP.address) of \(virtualIP.service) "
            + "(line \(source.line(of: virtualIP.offset)))")
      }
    }
    for host in hosts(of: vlan) {
      guard let virtualIP = first(in: IPv4Prefix(host.address, length: 32)) else { continue }
      report(
        host.offset,
        "\(host.role) is \(host.address), which is also a virtual IP of \(virtualIP.service) "
          + "(line \(source.line(of: virtualIP.offset)))")
    }
  }

  private func finished(_ vlan: VLANDraft) -> VLAN? {
    guard let name = vlan.interface, let id = vlan.id?.value, let gateway = vlan.gateway?.value,
      let vip = vlan.vip?.value, !vlan.netmaps.isEmpty
    else { return nil }
    var addresses = [String: IPv4InterfaceAddress](minimumCapacity: nodes.count)
    for draft in vlan.addresses { addresses[draft.node.value] = draft.address?.value }
    return VLAN(
      interface: name, id: id, site: vlan.site,
      netmaps: vlan.netmaps.map { Netmap(client: $0.client.value, unique: $0.unique.value) }, gateway: gateway,
      vip: vip,
      addresses: addresses, prefer: vlan.prefer?.value,
      routerID: vlan.routerID?.value ?? (Limits.routerID.contains(id) ? id : nil),
      isDisabled: isDisabled || vlan.isDisabled)
  }

  // MARK: VLANs among each other

  private mutating func checkIDs() {
    var ids: [Int: VLANDraft] = [:]
    var routerIDs: [Int: (vlan: VLANDraft, offset: Int)] = [:]
    for vlan in vlans where !vlan.isRepeated {
      interface = vlan.interface
      var isTaken = false
      if let id = vlan.id {
        if let earlier = ids[id.value] {
          isTaken = true
          report(
            id.offset,
            "id \(id.value) is taken by \(place(of: earlier, earlier.id?.offset)); their fwmarks, conntrack zones and "
              + "rule preferences would be the same")
        } else {
          ids[id.value] = vlan
        }
      }
      // A default that follows from a doubled id would only say the same again.
      guard let routerID = vlan.routerID ?? (isTaken || !vlan.lacksRouterID ? nil : vlan.id),
        Limits.routerID.contains(routerID.value)
      else { continue }
      if let earlier = routerIDs[routerID.value] {
        let own = vlan.routerID == nil ? " (the default, the id)" : ""
        report(
          routerID.offset,
          "router-id \(routerID.value)\(own) is taken by \(place(of: earlier.vlan, earlier.offset)); write another "
            + "\"router-id\", 1 to 255")
      } else {
        routerIDs[routerID.value] = (vlan, routerID.offset)
      }
    }
  }

  /// Under conntrack a reply passes through the director of its own VLAN, so that one node must be director of all.
  private mutating func checkPreferences() {
    guard dataplane?.value == .conntrack, let first = vlans.first(where: { $0.prefer != nil }) else { return }
    guard let prefer = first.prefer else { return }
    for vlan in vlans {
      guard let other = vlan.prefer, other.value != prefer.value else { continue }
      interface = vlan.interface
      report(
        other.offset,
        "prefer \(other.value), but \(place(of: first, prefer.offset)) prefers \(prefer.value); under conntrack one "
          + "node is director of all VLANs")
    }
  }

  private mutating func checkSubnets() {
    var claims: [Claim] = []
    for (index, vlan) in vlans.enumerated() where !vlan.isRepeated {
      for netmap in vlan.netmaps.prefix(Limits.netmaps) {
        claims.append(
          Claim(prefix: netmap.client.value, kind: .client, offset: netmap.client.offset, vlan: index))
        claims.append(
          Claim(prefix: netmap.unique.value, kind: .unique, offset: netmap.unique.offset, vlan: index))
      }
      if let vip = vlan.vip, !vlan.isPrefixDoubtful {
        claims.append(Claim(prefix: vip.value.prefix, kind: .link, offset: vip.offset, vlan: index))
      }
    }
    claims.sort { $0.offset < $1.offset }
    for (later, earlier) in clashes(among: claims) {
      let (later, earlier) = (claims[later], claims[earlier])
      interface = vlans[later.vlan].interface
      report(
        later.offset,
        "\(later.kind.name) \(later.prefix) overlaps \(earlier.kind.name) \(earlier.prefix) of "
          + place(of: vlans[earlier.vlan], earlier.offset))
    }
  }

  /// A VLAN and a line of it, for messages.
  private func place(of vlan: VLANDraft, _ offset: Int?) -> String {
    "\(vlan.title) (line \(source.line(of: offset ?? vlan.offset)))"
  }
}
