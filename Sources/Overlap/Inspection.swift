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
    inquiry.sysctls = slices.reduce(into: [Self.strictness, Self.silence, Self.sloppiness]) {
      $0.formUnion($1.sysctls.keys)
      $0.formUnion($1.sharedSysctls.keys)
    }
    inquiry.tools = tools.map(\.name)
    inquiry.modules = modules
    inquiry.files = Document.allCases.map(\.path)
    for vlan in vlans { inquiry.neighbours[vlan.interface] = vlan.gateway }
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
    { $0.checkVRRP($1) },
    { $0.checkVirtualServices($1) },
    { $0.checkSettings($1) },
    { $0.checkRoutes($1) },
    { $0.checkRules($1) },
    { $0.checkFilters($1) },
    { $0.checkMarks($1) },
    { $0.checkForwarding($1) },
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

  // MARK: Settings that a start does not make

  // What is set for all interfaces counts where it is larger than an interface's own (Documentation/networking/ip-sysctl).
  private static let strictness = Sysctl("net/ipv4/conf/all/rp_filter")
  private static let silence = Sysctl("net/ipv4/conf/all/arp_ignore")
  private static let sloppiness = Sysctl("net/ipv4/vs/sloppy_tcp")

  private func checkSettings(_ host: HostState) -> [Finding] {
    guard !vlans.isEmpty else { return [] }
    var found: [Finding] = []
    if let value = host.live.sysctls[Self.silence].flatMap({ Int($0) }), value > 2 {
      found.append(
        .error(
          "\(Self.silence) is \(value): the nodes answer ARP for what is not theirs alone, or not at all; set it to 0 in "
            + "/etc/sysctl.d"))
    }
    if configuration.dataplane == .stateless, host.live.sysctls[Self.sloppiness] == "1",
      let service = configuration.services.first(where: { !$0.hasConsistentHash })
    {
      found.append(
        .error(
          "\(Self.sloppiness) is 1: with scheduler \(service.scheduler) connections are reset when the director moves; "
            + "set it to 0 in /etc/sysctl.d"))
    }
    return found + checkStrictness(host)
  }

  private func checkStrictness(_ host: HostState) -> [Finding] {
    let advice = "set it to 0 in /etc/sysctl.d"
    switch (configuration.dataplane, host.live.sysctls[Self.strictness]) {
    case (.stateless, "2"):
      return [.warning("\(Self.strictness) is 2: a client can forge another site's unique address; \(advice)")]
    case (.conntrack, "1"):
      return [.error("\(Self.strictness) is 1: clients' packets are dropped; \(advice)")]
    case (.conntrack, "2"):
      // Loosely, a source need only be reached by some route.
      let routes = host.routes.filter { $0.table == Numbers.mainTable && $0.kind == .unicast }
      let unreached = vlans.flatMap(\.netmaps).map(\.client).first { client in
        !routes.contains { $0.destination.contains(client) }
      }
      return unreached.map {
        [.error("\(Self.strictness) is 2: without a route to \($0), its clients' packets are dropped; \(advice)")]
      } ?? []
    default: return []
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
