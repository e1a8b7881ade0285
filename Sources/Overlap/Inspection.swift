// What keeps a host from working, found by comparing what the file asks for with what the host is.

/// One node of one file, to be compared with a host.
public struct Inspection: Sendable {
  let file: ConfigurationFile
  let path: String
  let node: Node
  /// The VLANs that shall be started.
  let vlans: [VLAN]
  let slices: [Slice]

  var configuration: Configuration { file.configuration }

  /// Prepares for a look at a host.
  /// - Parameters:
  ///   - file: what the file says.
  ///   - path: where it is, for messages.
  ///   - node: the node that the host is.
  public init(_ file: ConfigurationFile, path: String, node: Node) {
    self.file = file
    self.path = path
    self.node = node
    vlans = file.configuration.vlans.filter { !$0.isDisabled }
    slices = vlans.map { Slice(vlan: $0, node: node.name, configuration: file.configuration) }
  }

  /// What must be known of the host.
  public var inquiry: Inquiry {
    var inquiry = Inquiry()
    inquiry.interfaces = Set(file.interfaces)
    inquiry.sysctls = slices.reduce(into: [Self.strictness]) {
      $0.formUnion($1.sysctls.keys)
      $0.formUnion($1.sharedSysctls.keys)
    }
    inquiry.tools = tools.map(\.name)
    inquiry.modules = modules
    inquiry.files = Document.allCases.map(\.path)
    return inquiry
  }

  /// Looks at a host.
  /// - Parameter host: what it said to the inquiry.
  /// - Returns: everything that would or might keep it from working, the gravest and most fundamental first.
  public func findings(in host: HostState) -> [Finding] {
    // An error in one VLAN's stanza says nothing of the others.
    var found = file.findings(path: path)
    if !file.diagnostics.contains(where: { $0.interface == nil }) {
      for check in Self.checks { found += check(self, host) }
    }
    return found.filter { $0.gravity == .error } + found.filter { $0.gravity == .warning }
  }

  /// What is looked at, in the order in which it must be mended: each needs those before it.
  private static let checks: [@Sendable (Inspection, HostState) -> [Finding]] = [
    { $0.checkVLANs($1) },
    { $0.checkTools($1) },
    { $0.checkModules($1) },
    { $0.checkVirtualIPs($1) },
    { $0.checkInterfaces($1) },
    { $0.checkGateways($1) },
    { $0.checkSlices($1) },
    { $0.checkVirtualServices($1) },
    { $0.checkSettings($1) },
    { $0.checkRoutes($1) },
    { $0.checkRules($1) },
    { $0.checkFilters($1) },
    { $0.checkMarks($1) },
    { $0.checkLeftovers($1) },
    { $0.checkDocuments($1) },
  ]

  // MARK: What must be there at all

  private func checkVLANs(_ host: HostState) -> [Finding] {
    guard vlans.isEmpty, file.diagnostics.isEmpty else { return [] }
    return [.warning("\(path): no VLAN to start\(file.disabled.isEmpty ? "" : ", all are disabled")")]
  }

  /// The programs that are needed here, and whose lack is an error.
  private var tools: [(name: String, package: String, isVital: Bool)] {
    var tools: [(name: String, package: String, isVital: Bool)] = [(Tool.ip.rawValue, Tool.ip.package, true)]
    let own: Tool = configuration.dataplane == .stateless ? .tc : .nft
    tools.append((own.rawValue, own.package, true))
    // Something else may do what keepalived does.
    if node.mayDirect { tools.append(("keepalived", "keepalived", false)) }
    return vlans.isEmpty ? [] : tools
  }

  private func checkTools(_ host: HostState) -> [Finding] {
    tools.filter { host.missingTools.contains($0.name) }.map { tool in
      let text = "\(tool.name) is not installed; apt install \(tool.package)"
      return tool.isVital ? .error(text) : .warning(text)
    }
  }

  /// The kernel modules that a start and IPVS need, by the names that modprobe knows them by.
  private var modules: [String] {
    guard !vlans.isEmpty else { return [] }
    let schedulers = Set(configuration.services.map { "ip_vs_\($0.scheduler)" }).sorted()
    let own =
      configuration.dataplane == .stateless
      ? ["sch_ingress", "cls_flower", "cls_u32", "act_nat", "act_skbedit"]
      : ["nf_tables", "nf_conntrack", "nft_ct", "nft_nat", "nft_redir", "nft_chain_nat"]
    return ["8021q", "ip_vs"] + (node.mayDirect ? schedulers : []) + own
  }

  private func checkModules(_ host: HostState) -> [Finding] {
    host.missingModules.map { .error("kernel module \($0) is not there; install a kernel that has it, and start that") }
  }

  private func checkVirtualIPs(_ host: HostState) -> [Finding] {
    guard !vlans.isEmpty else { return [] }
    return configuration.virtualIPs.flatMap { address -> [Finding] in
      var found: [Finding] = []
      var isLocal = false
      for (name, link) in host.links.sorted(by: { $0.key.description < $1.key.description }) {
        guard let own = link.addresses.first(where: { $0.address == address }) else { continue }
        isLocal = true
        if name.description != "lo" {
          found.append(
            .warning("\(name): has virtual IP \(address), which belongs on lo: here it may be announced by ARP"))
        } else if own.length != 32 {
          found.append(
            .error(
              "lo: has virtual IP \(address) as \(own), which takes in all of \(own.prefix); "
                + "ip address delete \(own) dev lo, and add \(address)/32"))
        }
      }
      return isLocal
        ? found
        : [.error("lo: virtual IP \(address) is not there; ifup --force lo, or ip address add \(address)/32 dev lo")]
    }
  }

  // MARK: The VLANs' interfaces

  private func checkInterfaces(_ host: HostState) -> [Finding] {
    vlans.flatMap { vlan -> [Finding] in
      let name = vlan.interface
      guard let link = host.links[name] else { return [.error("\(name): no such interface; ifup \(name)")] }
      if !link.isUp { return [.error("\(name): is down; ip link set \(name) up")] }
      if !link.hasCarrier { return [.error("\(name): has no carrier; look at the cable, the trunk and the switch")] }
      guard let address = vlan.addresses[node.name] else { return [] }
      guard link.addresses.contains(address) else {
        let others = link.addresses.filter { $0 != vlan.vip }
        let has = others.isEmpty ? "none" : others.map(\.description).joined(separator: ", ")
        return [
          .error(
            "\(name): its address is not \(address), as the file has it for \(node.name), but \(has); "
              + "mend /etc/network/interfaces or the file, then ifdown and ifup \(name)")
        ]
      }
      if let first = link.addresses.first(where: { $0.prefix == address.prefix }), first != address {
        return [
          .warning("\(name): \(address) is secondary to \(first), under which it speaks; ifdown and ifup \(name)")
        ]
      }
      return []
    }
  }

  private func checkGateways(_ host: HostState) -> [Finding] {
    vlans.flatMap { vlan -> [Finding] in
      let name = vlan.interface
      var found: [Finding] = []
      if host.silentNeighbours[name]?.contains(vlan.gateway) == true {
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

  // MARK: What a start makes

  /// The slices whose interfaces are there; the others are told of already.
  private func startable(_ host: HostState) -> [Slice] { slices.filter { host.live.links[$0.interface] != nil } }

  private func checkSlices(_ host: HostState) -> [Finding] {
    let startable = startable(host)
    let live = host.live
    let scope = Set(startable.map(\.interface))
    let steps = Plan(live: live, target: Target(slices: startable, scope: scope, live: live), scope: scope).steps
    var changes: [InterfaceName: Int] = [:]
    var sysctls: [Sysctl: String] = [:]
    var others = 0
    for step in steps {
      switch step {
      case .run(_, let commands):
        for command in commands {
          if let interface = command.interface { changes[interface, default: 0] += 1 } else { others += 1 }
        }
      case .set(let values): sysctls.merge(values) { $1 }
      case .save: continue
      }
    }
    var found: [Finding] = []
    for slice in startable {
      let name = slice.interface
      if live.saved.interfaces[name] == nil {
        found.append(.error("\(name): is not started; lvs-overlap start \(name)"))
        continue
      }
      if let count = changes[name] {
        found.append(
          .error(
            "\(name): differs from the file in \(count) thing\(count == 1 ? "" : "s"); lvs-overlap start \(name), with "
              + "--no-act to see them"))
      }
      found += Self.drift(
        of: slice.sysctls, sysctls, live, advice: "lvs-overlap start \(name), and see lvs-overlap render sysctl")
    }
    if startable.contains(where: { live.saved.interfaces[$0.interface] != nil }) {
      let shared = startable.reduce(into: [Sysctl: String]()) { $0.merge($1.sharedSysctls) { $1 } }
      found += Self.drift(of: shared, sysctls, live, advice: "lvs-overlap start --all")
      if others > 0, found.isEmpty {
        found.append(
          .error("something of all VLANs differs from the file; lvs-overlap start --all, with --no-act to see it"))
      }
    }
    return found
  }

  private static func drift(
    of wanted: [Sysctl: String], _ changes: [Sysctl: String], _ live: LiveState, advice: String
  ) -> [Finding] {
    wanted.keys.filter { changes[$0] != nil }.sorted().map { sysctl in
      .error("\(sysctl) is \(live.sysctls[sysctl] ?? "not there"), not \(wanted[sysctl] ?? ""); \(advice)")
    }
  }

  private func checkLeftovers(_ host: HostState) -> [Finding] {
    host.live.interfaces.subtracting(vlans.map(\.interface)).sorted { $0.description < $1.description }.compactMap {
      name in
      let isFaulty = file.interfaces.contains(name) && !file.disabled.contains(name)
      if isFaulty { return nil }
      let reason = file.disabled.contains(name) ? "disabled in" : "not in"
      return .warning("\(name): is started, but \(reason) \(path); lvs-overlap stop \(name)")
    }
  }

  // MARK: IPVS

  private func checkVirtualServices(_ host: HostState) -> [Finding] {
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
    var names: [IPv4Address: String] = [:]
    for (name, address) in vlan.addresses { names[address.address] = name }
    for server in virtualService.realServers {
      if names[server.address] == nil {
        found.append(
          .error("\(title) has real server \(server.address), which is no node's; render keepalived.conf again"))
      } else if !server.isDirect {
        found.append(
          .error("\(title) does not forward to \(server.address) by direct routing; render keepalived.conf again"))
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

  // MARK: Settings that a start does not make

  /// A check of sources is as strict as this, if it is larger than the interface's own (Documentation/networking/ip-sysctl).
  private static let strictness = Sysctl("net/ipv4/conf/all/rp_filter")

  private func checkSettings(_ host: HostState) -> [Finding] {
    guard !vlans.isEmpty else { return [] }
    var found: [Finding] = []
    let value = host.live.sysctls[Self.strictness] ?? "0"
    let advice = "set it to 0 in /etc/sysctl.d"
    switch (configuration.dataplane, value) {
    case (.stateless, "2"):
      found.append(.warning("\(Self.strictness) is 2: a client can forge another site's unique address; \(advice)"))
    case (.conntrack, "1"):
      found.append(.error("\(Self.strictness) is 1: clients' packets are dropped; \(advice)"))
    case (.conntrack, "2"):
      if host.routes.contains(where: { $0.destination.length == 0 && $0.table == Numbers.mainTable }) { break }
      found.append(
        .error("\(Self.strictness) is 2: without a default route, clients' packets are dropped; \(advice)"))
    default: break
    }
    return found
  }

  // MARK: The files of other programs

  private func checkDocuments(_ host: HostState) -> [Finding] {
    guard !vlans.isEmpty else { return [] }
    return Document.allCases.compactMap { document in
      let text: String
      do throws(Failure) {
        text = try configuration.rendered(document, node: node.name, file: path)
      } catch {
        return .error("\(error)")
      }
      let advice = "see lvs-overlap render \(document.rawValue)"
      let wanted = Self.meaning(of: text)
      guard let present = host.files[document.path] else {
        let isNeeded = !wanted.isEmpty && (document != .keepalived || node.mayDirect)
        return isNeeded ? .warning("\(document.path): is not there; \(advice)") : nil
      }
      let seen = Self.meaning(of: present)
      guard let place = zip(seen, wanted).first(where: { $0.text != $1.text }) else {
        guard seen.count != wanted.count else { return nil }
        return seen.count < wanted.count
          ? .warning("\(document.path): ends before \"\(wanted[seen.count].text)\"; \(advice)")
          : .warning(
            "\(document.path):\(seen[wanted.count].line): \"\(seen[wanted.count].text)\" is not rendered; \(advice)")
      }
      return .warning(
        "\(document.path):\(place.0.line): \"\(place.0.text)\", rendered is \"\(place.1.text)\"; \(advice)")
    }
  }

  /// The lines that mean something, without indentation.
  private static func meaning(of text: String) -> [(line: Int, text: Substring)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
      var words = line.drop { $0 == " " || $0 == "\t" }
      while words.last == " " || words.last == "\t" || words.last == "\r" { words.removeLast() }
      return words.isEmpty || words.hasPrefix("#") || words.hasPrefix("!") ? nil : (number + 1, words)
    }
  }
}

extension ConfigurationFile {
  /// The file's own errors.
  /// - Parameter path: where it is.
  public func findings(path: String) -> [Finding] { diagnostics.map { .error($0.rendered(file: path)) } }
}

extension Configuration {
  /// The virtual IPs of all services, in the file's order and each once.
  var virtualIPs: [IPv4Address] {
    var seen: Set<IPv4Address> = []
    return services.flatMap(\.addresses).filter { seen.insert($0).inserted }
  }
}
