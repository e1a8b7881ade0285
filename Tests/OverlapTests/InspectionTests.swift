// What check says of a host that is as it shall be, and of hosts that differ from that in one thing.
import Testing

@testable import Overlap

private func file(_ configuration: Configuration) -> ConfigurationFile {
  ConfigurationFile(configuration: configuration, diagnostics: [], interfaces: configuration.vlans.map(\.interface))
}

private func cluster(_ dataplane: Dataplane = .stateless) throws -> Configuration {
  var cluster = try guideCluster(dataplane)
  for index in cluster.vlans.indices { cluster.vlans[index].routerID = cluster.vlans[index].id }
  return cluster
}

/// Node lvsa of a cluster as it is when all is well.
private func soundHost(_ cluster: Configuration) throws -> HostState {
  var host = HostState(live: started(slices(cluster)))
  host.links[try interface("lo")] = HostState.Link(
    addresses: try ["127.0.0.1/8", "1.2.3.4/32"].map { try #require(IPv4InterfaceAddress($0)) })
  host.virtualServices = [:]
  host.vrrpInterfaces = Set(cluster.vlans.map(\.interface))
  for vlan in cluster.vlans {
    host.links[vlan.interface] = HostState.Link(addresses: [try #require(vlan.addresses["lvsa"]), vlan.vip])
    for service in cluster.services {
      host.virtualServices?[Numbers(id: vlan.id).requestMark(service)] = VirtualService(
        scheduler: service.scheduler, realServers: vlan.addresses.values.map { VirtualService.RealServer($0.address) })
    }
  }
  for document in Document.allCases {
    host.files[document.path] = try cluster.rendered(document, node: "lvsa", file: "conf")
  }
  return host
}

private func findings(_ cluster: Configuration, _ change: (inout HostState) throws -> Void) throws -> [String] {
  var host = try soundHost(cluster)
  try change(&host)
  return Inspection(file(cluster), path: "conf", node: cluster.nodes[0]).findings(in: host).map(\.description)
}

private func findings(_ change: (inout HostState) throws -> Void) throws -> [String] {
  try findings(cluster(), change)
}

@Suite("check") struct InspectionTests {
  @Test("says nothing of a host that is as it shall be", arguments: Dataplane.allCases)
  func soundHosts(dataplane: Dataplane) throws {
    let found = try findings(cluster(dataplane)) { _ in }
    #expect(found == [])
  }

  @Test("asks for what the dataplane needs") func inquiry() throws {
    let inquiry = Inspection(file(try cluster()), path: "conf", node: Node("lvsa")).inquiry
    #expect(inquiry.tools == ["ip", "tc", "keepalived"])
    #expect(
      inquiry.modules == [
        "8021q", "ip_vs", "ip_vs_mh", "sch_ingress", "cls_flower", "cls_u32", "act_nat", "act_skbedit",
      ])
    let other = Inspection(file(try cluster(.conntrack)), path: "conf", node: Node("lvsa", mayDirect: false)).inquiry
    #expect(other.tools == ["ip", "nft"])
    #expect(other.modules.prefix(3) == ["8021q", "ip_vs", "nf_tables"])
    let gateways = [
      try interface("eth0.10"): try address("172.16.10.1"), try interface("eth0.20"): try address("172.16.20.1"),
    ]
    #expect(inquiry.neighbours == gateways)
  }

  @Test("says what is missing on the host") func missing() throws {
    let found = try findings {
      $0.missingTools = ["tc", "keepalived"]
      $0.missingModules = ["act_nat"]
    }
    #expect(
      found == [
        "error: tc is not installed; apt install iproute2",
        "error: kernel module act_nat is not there; install a kernel that has it, and start that",
        "warning: keepalived is not installed; apt install keepalived",
      ])
  }

  @Test("looks for the virtual IPs on lo") func virtualIPs() throws {
    let lo = try interface("lo")
    let none = try findings { $0.links[lo]?.addresses.removeLast() }
    #expect(
      none == ["error: lo: virtual IP 1.2.3.4 is not there; ifup --force lo, or ip address add 1.2.3.4/32 dev lo"])
    let wide = try findings { $0.links[lo]?.addresses[1].length = 24 }
    #expect(
      wide == [
        "error: lo: has virtual IP 1.2.3.4 as 1.2.3.4/24, which takes in all of 1.2.3.0/24; "
          + "ip address delete 1.2.3.4/24 dev lo, and add 1.2.3.4/32"
      ])
    let elsewhere = try findings {
      guard let address = $0.links[lo]?.addresses.removeLast() else { return }
      $0.links[try interface("eth0")] = HostState.Link(addresses: [address])
    }
    #expect(
      elsewhere == ["warning: eth0: has virtual IP 1.2.3.4, which belongs on lo: here it may be announced by ARP"])
  }

  @Test("compares the VLANs' interfaces with the file") func interfaces() throws {
    let name = try interface("eth0.10")
    func seen(_ change: (inout HostState.Link) throws -> Void) throws -> [String] {
      try findings {
        guard var link = $0.links[name] else { return }
        try change(&link)
        $0.links[name] = link
      }
    }
    let gone = try findings {
      $0.links[name] = nil
      $0.live.links[name] = nil
    }
    #expect(gone == ["error: eth0.10: no such interface; ifup eth0.10"])
    let down = try seen { $0.isUp = false }
    #expect(down == ["error: eth0.10: is down; ip link set eth0.10 up"])
    let trunk = try findings {
      $0.links[name]?.isUp = false
      $0.links[try interface("eth0")] = HostState.Link(isUp: false)
    }
    #expect(trunk == ["error: eth0.10: is down, and so is its trunk; ip link set eth0 up, then eth0.10"])
    let cut = try seen { $0.hasCarrier = false }
    #expect(cut == ["error: eth0.10: has no carrier; look at the cable, the trunk and the switch"])
    let other = try seen { $0.addresses[0].address.bits += 6 }
    #expect(
      other == [
        "error: eth0.10: its address is not 172.16.10.3/24, as the file has it for lvsa, but 172.16.10.9/24; mend "
          + "/etc/network/interfaces or the file, then ifdown and ifup eth0.10"
      ])
    let second = try seen { $0.addresses.reverse() }
    #expect(
      second == [
        "warning: eth0.10: 172.16.10.3/24 is secondary to 172.16.10.2/24, under which it speaks; ifdown and ifup eth0.10"
      ])
    let redirected = try findings(cluster(.conntrack)) {
      $0.links[name]?.addresses.insert(try #require(IPv4InterfaceAddress("192.0.2.1/24")), at: 0)
    }
    #expect(
      redirected == [
        "error: eth0.10: its first address is 192.0.2.1/24, not 172.16.10.3/24, which replies must have; ifdown and ifup "
          + "eth0.10"
      ])
  }

  @Test("lets no node have a vip that is never director") func neverDirector() throws {
    var cluster = try cluster()
    cluster.nodes[0].mayDirect = false
    let found = try findings(cluster) {
      $0.vrrpInterfaces = []
      $0.files[Document.keepalivedDefaults.path] = "DAEMON_ARGS=\"\"\n"
    }
    #expect(
      found == [
        "error: eth0.10: has vip 172.16.10.2/24, though lvsa is never director; ip address delete 172.16.10.2/24 dev "
          + "eth0.10",
        "error: eth0.20: has vip 172.16.20.2/24, though lvsa is never director; ip address delete 172.16.20.2/24 dev "
          + "eth0.20",
      ])
  }

  @Test("wants someone to listen to VRRP on each VLAN that is up") func vrrp() throws {
    let found = try findings { $0.vrrpInterfaces = [try interface("eth0.20")] }
    #expect(
      found == [
        "error: eth0.10: nothing listens to VRRP, so this node is not its director, or not rightly; does keepalived run, "
          + "as rendered?"
      ])
  }

  @Test("compares the gateway with the file, and asks whether it is there") func gateways() throws {
    let name = try interface("eth0.10")
    let found = try findings {
      $0.silentNeighbours = [name]
      $0.routes.append(
        HostState.ForeignRoute(
          destination: try prefix("0.0.0.0/0"), gateway: try address("172.16.10.254"), interface: name, table: 254))
    }
    #expect(
      found == [
        "error: eth0.10: gateway 172.16.10.1 does not answer ARP; look at the router, the trunk and the VLAN's number",
        "warning: eth0.10: route default via 172.16.10.254 dev eth0.10 goes by 172.16.10.254, but the file's gateway is "
          + "172.16.10.1",
      ])
  }

  @Test("knows what a start would change") func drift() throws {
    let name = try interface("eth0.10")
    let stopped = try findings { $0.live = untouched(slices(try cluster())) }
    #expect(
      stopped == [
        "error: eth0.10: is not started; lvs-overlap start eth0.10",
        "error: eth0.20: is not started; lvs-overlap start eth0.20",
      ])
    let route = try findings { host in host.live.routes = host.live.routes.filter { $0.interface != name } }
    #expect(
      route == [
        "error: eth0.10: differs from the file in 1 thing; lvs-overlap start eth0.10, with --no-act to see them"
      ])
    let sysctl = try findings {
      $0.live.sysctls[Sysctl("rp_filter", of: name)] = "2"
      $0.live.sysctls[Sysctl("net/ipv4/vs/sloppy_tcp")] = "0"
    }
    #expect(
      sysctl == [
        "error: net/ipv4/conf/eth0.10/rp_filter is 2, not 1; lvs-overlap start eth0.10, and see lvs-overlap render sysctl",
        "error: net/ipv4/vs/sloppy_tcp is 0, not 1; lvs-overlap start --all",
      ])
    var smaller = try cluster()
    let all = try soundHost(smaller)
    smaller.vlans.removeLast()
    let left = try findings(smaller) { $0.live = all.live }
    #expect(left == ["warning: eth0.20: is started, but not in conf; lvs-overlap stop eth0.20"])
  }

  @Test("compares IPVS with the file") func virtualServices() throws {
    let none = try findings { $0.virtualServices = nil }
    #expect(
      none == [
        "error: IPVS has no virtual service for fwmark 10010 (web on eth0.10) and 1 more; does keepalived run, as "
          + "rendered?"
      ])
    let wrong = try findings {
      $0.virtualServices?[10020] = VirtualService(
        scheduler: "rr",
        realServers: [
          VirtualService.RealServer(try address("172.16.20.9")),
          VirtualService.RealServer(try address("172.16.20.3"), isDirect: false),
        ])
    }
    #expect(
      wrong == [
        "error: IPVS: fwmark 10020 (web on eth0.20) has scheduler rr, not mh; render keepalived.conf again",
        "error: IPVS: fwmark 10020 (web on eth0.20) has real server 172.16.20.9, which is no node's; render "
          + "keepalived.conf again",
        "error: IPVS: fwmark 10020 (web on eth0.20) does not forward to 172.16.20.3 by direct routing; render "
          + "keepalived.conf again",
        "warning: IPVS: fwmark 10020 (web on eth0.20) lacks real server 172.16.20.4 (lvsb); its health check fails, or it "
          + "is down",
      ])
    let weights = try findings { host in
      host.virtualServices?[10010]?.realServers = [VirtualService.RealServer(try address("172.16.10.3"), weight: 2)]
      host.virtualServices?[10020]?.realServers = []
    }
    #expect(
      weights == [
        "error: IPVS: fwmark 10020 (web on eth0.20) has no real server for new connections; do the applications run, and "
          + "their health checks succeed?",
        "warning: IPVS: fwmark 10010 (web on eth0.10) has real server 172.16.10.3 (lvsa) with weight 2, not 1; render "
          + "keepalived.conf again",
        "warning: IPVS: fwmark 10010 (web on eth0.10) lacks real server 172.16.10.4 (lvsb); its health check fails, or it "
          + "is down",
        "warning: IPVS: fwmark 10020 (web on eth0.20) lacks real server 172.16.20.3 (lvsa); its health check fails, or it "
          + "is down",
        "warning: IPVS: fwmark 10020 (web on eth0.20) lacks real server 172.16.20.4 (lvsb); its health check fails, or it "
          + "is down",
      ])
    var cluster = try cluster()
    cluster.nodes[0].mayDirect = false
    let never = try findings(cluster) {
      $0.virtualServices = nil
      for vlan in cluster.vlans { $0.links[vlan.interface]?.addresses.removeLast() }
    }
    #expect(never == [])
  }

  @Test("knows how strict a check of sources may be") func strictness() throws {
    let all = Sysctl("net/ipv4/conf/all/rp_filter")
    let stateless = try findings { $0.live.sysctls[all] = "2" }
    #expect(
      stateless == [
        "warning: net/ipv4/conf/all/rp_filter is 2: a client can forge another site's unique address; set it to 0 in "
          + "/etc/sysctl.d"
      ])
    let strict = try findings(cluster(.conntrack)) { $0.live.sysctls[all] = "1" }
    #expect(
      strict == ["error: net/ipv4/conf/all/rp_filter is 1: clients' packets are dropped; set it to 0 in /etc/sysctl.d"])
    let loose = try findings(cluster(.conntrack)) { $0.live.sysctls[all] = "2" }
    #expect(
      loose == [
        "error: net/ipv4/conf/all/rp_filter is 2: without a route to 10.0.0.0/24, its clients' packets are dropped; set it "
          + "to 0 in /etc/sysctl.d"
      ])
    let routed = try findings(cluster(.conntrack)) {
      $0.live.sysctls[all] = "2"
      $0.routes.append(HostState.ForeignRoute(destination: try prefix("10.0.0.0/8"), table: 254))
    }
    #expect(routed == [])
    let nowhere = try findings(cluster(.conntrack)) {
      $0.live.sysctls[all] = "2"
      $0.routes.append(HostState.ForeignRoute(destination: try prefix("10.0.0.0/8"), table: 254, kind: .unreachable))
    }
    #expect(nowhere == loose)
  }

  @Test("knows what settings of all interfaces and of IPVS do to ours") func settings() throws {
    let silence = try findings { $0.live.sysctls[Sysctl("net/ipv4/conf/all/arp_ignore")] = "8" }
    #expect(
      silence == [
        "error: net/ipv4/conf/all/arp_ignore is 8: the nodes answer ARP for what is not theirs alone, or not at all; set "
          + "it to 0 in /etc/sysctl.d"
      ])
    var cluster = try cluster()
    cluster.services[0].scheduler = "wlc"
    let sloppy = try findings(cluster) { $0.live.sysctls[Sysctl("net/ipv4/vs/sloppy_tcp")] = "1" }
    #expect(
      sloppy == [
        "error: net/ipv4/vs/sloppy_tcp is 1: with scheduler wlc connections are reset when the director moves; set it to "
          + "0 in /etc/sysctl.d"
      ])
  }

  @Test("finds routes that take replies away") func routes() throws {
    func route(_ destination: String, table: UInt32 = 254, metric: UInt32 = 0) throws -> HostState.ForeignRoute {
      HostState.ForeignRoute(
        destination: try prefix(destination), interface: try interface("eth1"), table: table, metric: metric)
    }
    let harmless = try findings {
      $0.routes = [
        try route("10.0.0.0/8"), try route("10.0.10.0/24", metric: 100), try route("10.0.10.0/25", table: 7),
      ]
    }
    #expect(harmless == [])
    let stateless = try findings { $0.routes = [try route("10.0.10.0/24"), try route("10.0.20.128/25", table: 255)] }
    #expect(
      stateless == [
        "error: eth0.10: another program's route 10.0.10.0/24 dev eth1 takes replies to 10.0.10.0/24 away; delete it, or "
          + "use another unique subnet",
        "error: eth0.20: another program's route 10.0.20.128/25 dev eth1 takes replies to 10.0.20.0/24 away; delete it, or "
          + "use another unique subnet",
      ])
    let conntrack = try findings(cluster(.conntrack)) {
      $0.routes = [try route("10.0.10.0/25"), try route("192.0.2.0/24", table: 20020)]
    }
    #expect(
      conntrack == [
        "error: eth0.20: another program's route 192.0.2.0/24 dev eth1 is in its table 20020; delete it"
      ])
  }

  @Test("finds rules that meet our marks, tables and preferences") func rules() throws {
    let found = try findings {
      $0.rules = [
        HostState.ForeignRule(Rule(preference: 100, mark: 0x8, table: 7), mask: 0xff),
        // 10010 is 0x271a.
        HostState.ForeignRule(Rule(preference: 101, mark: 0x10, table: 7), mask: 0x10),
        HostState.ForeignRule(Rule(preference: 10010, table: 10010)),
      ]
    }
    #expect(
      found == [
        "warning: eth0.10: another program's rule of preference 101 is for packets that have its fwmark 10010 too; "
          + "change that program's mark"
      ])
    let conntrack = try findings(cluster(.conntrack)) {
      $0.rules = [
        HostState.ForeignRule(Rule(preference: 5000, mark: 1_000_020, table: 7)),
        HostState.ForeignRule(Rule(preference: 5001, table: 20010)),
        HostState.ForeignRule(Rule(preference: 15020, table: 7)),
      ]
    }
    #expect(
      conntrack == [
        "error: eth0.20: another program's rule of preference 5000 takes away the replies that have its fwmark 1000020; "
          + "change that program's mark",
        "warning: eth0.10: another program's rule of preference 5001 looks up its table 20010; change that program's table",
        "warning: eth0.20: another program's rule of preference 15020 has one of its preferences; change that program's",
      ])
  }

  @Test("finds rules that lead replies elsewhere before the main table is asked") func diversions() throws {
    let main = HostState.ForeignRule(Rule(preference: 32766, table: 254))
    let elsewhere = HostState.ForeignRoute(
      destination: try prefix("0.0.0.0/0"), interface: try interface("eth1"), table: 100)
    func seen(_ rules: HostState.ForeignRule..., routes: [HostState.ForeignRoute] = []) throws -> [String] {
      try findings {
        $0.rules = rules + [main]
        $0.routes = [elsewhere] + routes
      }
    }
    let multihomed = try seen(HostState.ForeignRule(Rule(preference: 100, source: prefix("1.2.3.4/32"), table: 100)))
    #expect(
      multihomed == [
        "error: eth0.10: another program's rule of preference 100 has replies to 10.0.10.0/24 take the route default dev "
          + "eth1 of table 100; delete it, or put before it: ip rule add to 10.0.10.0/24 lookup main",
        "error: eth0.20: another program's rule of preference 100 has replies to 10.0.20.0/24 take the route default dev "
          + "eth1 of table 100; delete it, or put before it: ip rule add to 10.0.20.0/24 lookup main",
      ])
    let refused = try seen(
      HostState.ForeignRule(Rule(preference: 100, destination: prefix("10.0.20.128/25"), table: 0), action: .refuse))
    #expect(
      refused == [
        "error: eth0.20: another program's rule of preference 100 refuses replies to 10.0.20.0/24; delete it, or put "
          + "before it: ip rule add to 10.0.20.0/24 lookup main"
      ])
    // As wg-quick(8) has them: whatever is not marked goes into the tunnel, but for what the main table knows.
    let tunnel = HostState.ForeignRule(Rule(preference: 32764, mark: 51820, table: 100), isInverted: true)
    let known = HostState.ForeignRule(Rule(preference: 32763, table: 254), action: .lookUp(suppressedLength: 0))
    let all = HostState.ForeignRule(Rule(preference: 100, table: 100))
    let right = try [10, 20].map { vlan in
      HostState.ForeignRoute(
        destination: try prefix("10.0.\(vlan).0/24"), gateway: try address("172.16.\(vlan).1"),
        interface: try interface("eth0.\(vlan)"), table: 100)
    }
    let harmless = [
      try seen(all, routes: right),
      try seen(
        all,
        routes: [HostState.ForeignRoute(destination: try prefix("10.0.0.0/8"), table: 100, kind: .passedOver)]),
      try seen(known, tunnel),
      try seen(HostState.ForeignRule(Rule(preference: 100, source: prefix("192.0.2.0/24"), table: 100))),
      try seen(HostState.ForeignRule(Rule(preference: 100, mark: 1, table: 100))),
      try seen(HostState.ForeignRule(Rule(preference: 100, table: 100), isParticular: true)),
      try seen(HostState.ForeignRule(Rule(preference: 100, table: 101))),
      try seen(HostState.ForeignRule(Rule(preference: 100, table: 100), action: .other)),
      try seen(HostState.ForeignRule(Rule(preference: 100, table: 100), action: .lookUp(suppressedLength: 0))),
      try seen(
        HostState.ForeignRule(Rule(preference: 98, destination: prefix("10.0.10.0/24"), table: 254)),
        HostState.ForeignRule(Rule(preference: 99, destination: prefix("10.0.20.0/24"), table: 254)),
        HostState.ForeignRule(Rule(preference: 100, table: 100))),
      try seen(HostState.ForeignRule(Rule(preference: 32767, table: 100))),
    ]
    #expect(harmless == harmless.map { _ in [] })
    let half = try seen(
      all,
      routes: right + [
        HostState.ForeignRoute(destination: try prefix("10.0.10.128/25"), interface: try interface("eth1"), table: 100)
      ])
    #expect(
      half == [
        "error: eth0.10: another program's rule of preference 100 has replies to 10.0.10.0/24 take the route "
          + "10.0.10.128/25 dev eth1 of table 100; delete it, or put before it: ip rule add to 10.0.10.0/24 lookup main"
      ])
    let tunnelled = try seen(tunnel)
    #expect(tunnelled.count == 2)
    let conntrack = try findings(cluster(.conntrack)) {
      $0.rules = [
        HostState.ForeignRule(Rule(preference: 15010, table: 100)),
        HostState.ForeignRule(Rule(preference: 15019, source: try prefix("1.2.3.4/32"), table: 100)), main,
      ]
      $0.routes = [elsewhere]
    }
    #expect(
      conntrack == [
        "error: eth0.20: another program's rule of preference 15010 has replies to 10.0.20.0/24 take the route default "
          + "dev eth1 of table 100; delete it, or give it a preference above 20020",
        "error: eth0.20: another program's rule of preference 15019 has replies to 10.0.20.0/24 take the route default "
          + "dev eth1 of table 100; delete it, or give it a preference above 20020",
        "warning: eth0.10: another program's rule of preference 15010 has one of its preferences; change that program's",
      ])
  }

  @Test("knows that the main table does not lead replies to the gateway under conntrack") func mainTable() throws {
    let found = try findings(cluster(.conntrack)) {
      $0.rules = [HostState.ForeignRule(Rule(preference: 100, table: 254))]
      $0.routes = [
        HostState.ForeignRoute(
          destination: try prefix("0.0.0.0/0"), gateway: try address("172.16.10.1"),
          interface: try interface("eth0.10"),
          table: 254)
      ]
    }
    #expect(
      found == [
        "error: eth0.20: another program's rule of preference 100 has replies to 10.0.20.0/24 take the route default via "
          + "172.16.10.1 dev eth0.10 of table 254; delete it, or give it a preference above 20020"
      ])
  }

  @Test("knows who may drop what the director forwards under conntrack") func forwarding() throws {
    let chain = HostState.Chain(table: "ip filter", chain: "FORWARD")
    let stateless = try findings { $0.forwardDroppingChains = [chain] }
    #expect(stateless == [])
    let conntrack = try findings(cluster(.conntrack)) { $0.forwardDroppingChains = [chain] }
    #expect(
      conntrack == [
        "warning: nftables: table ip filter, chain FORWARD drops what it does not accept; see that it accepts the peer's "
          + "replies, which come by a VLAN's interface and leave by it"
      ])
  }

  @Test("finds qdiscs, filters and marks of others") func filters() throws {
    let name = try interface("eth0.10")
    let filters = try findings {
      $0.live.links[name]?.foreignFilters = [
        ForeignFilter(hook: .ingress, preference: 14305), ForeignFilter(hook: .egress, preference: 1),
        ForeignFilter(hook: .ingress, preference: 49152), ForeignFilter(hook: .ingress, preference: 2, seesIPv4: false),
      ]
      $0.markingChains = [HostState.Chain(table: "ip mangle", chain: "PREROUTING")]
    }
    #expect(
      filters == [
        "error: eth0.10: another program's ingress filter of preference 14305 is among ours, 14300 to 14399; change that "
          + "program's",
        "warning: eth0.10: another program's egress filter of preference 1 is asked before ours; what it passes or drops "
          + "is not translated",
        "warning: nftables: table ip mangle, chain PREROUTING sets marks; see that it leaves the clients' packets alone, "
          + "which IPVS schedules by theirs",
      ])
    let qdisc = try findings {
      $0.live = untouched(slices(try cluster()))
      $0.live.links[name]?.hasIngress = true
    }
    #expect(
      qdisc.contains(
        "error: eth0.10: another program's qdisc ingress is where clsact must be; tc qdisc delete dev eth0.10 ingress, and "
          + "have that program use clsact"))
  }

  @Test("compares the other programs' files with what is rendered, but for comments and blanks") func documents() throws
  {
    let path = Document.keepalived.path
    let same = try findings {
      $0.files[path] =
        "! mine\n"
        + ($0.files[path] ?? "").replacing("    ", with: "\t").replacing(
          "virtual_router_id ", with: "virtual_router_id   "
        )
        .replacing("advert_int 1", with: "advert_int 1 # second").replacing(
          "172.16.10.2/24", with: "172.16.10.2/24 dev eth0.10"
        )
        .replacing("global_defs {", with: "global_defs\n{")
    }
    #expect(same == [])
    let other = try findings {
      $0.files[path] = $0.files[path]?.replacing("priority 253", with: "priority 100")
      $0.files[Document.interfaces.path] = nil
      $0.files[Document.sysctl.path]?.append("net.ipv4.ip_forward = 1\n")
    }
    #expect(
      other == [
        "warning: /etc/keepalived/keepalived.conf:19: \"priority 100\", rendered is \"priority 253\"; see lvs-overlap "
          + "render keepalived",
        "warning: /etc/keepalived/keepalived.conf:32: \"priority 100\", rendered is \"priority 253\"; see lvs-overlap "
          + "render keepalived",
        "warning: /etc/network/interfaces.d/lvs-overlap: is not there; see lvs-overlap render interfaces",
        "warning: /etc/sysctl.d/90-lvs-overlap.conf:11: \"net.ipv4.ip_forward = 1\" is not rendered; see lvs-overlap render "
          + "sysctl",
      ])
  }

  @Test("tells of each difference of a file, the outermost, and how grave it is") func differences() throws {
    let path = Document.keepalived.path
    func seen(_ change: (String) -> String) throws -> [String] {
      try findings { $0.files[path] = change($0.files[path] ?? "") }
    }
    let mail = try seen { "global_defs {\n    enable_script_security\n}\n" + $0 }
    #expect(
      mail == [
        "warning: /etc/keepalived/keepalived.conf:2: \"enable_script_security\" is not rendered; see lvs-overlap render "
          + "keepalived",
        "warning: /etc/keepalived/keepalived.conf:7: \"global_defs\" is not rendered; see lvs-overlap render keepalived",
      ])
    let vital = try seen {
      $0.replacing("virtual_router_id 10", with: "virtual_router_id 11").replacing(
        "172.16.20.2/24", with: "172.16.20.2"
      )
      .replacing("    lb_kind DR\n", with: "").replacing("    dynamic_interfaces\n", with: "")
    }
    #expect(
      vital == [
        "error: /etc/keepalived/keepalived.conf:16: \"virtual_router_id 11\", rendered is \"virtual_router_id 10\"; see "
          + "lvs-overlap render keepalived",
        "error: /etc/keepalived/keepalived.conf: lacks \"172.16.20.2/24\" in \"vrrp_instance eth0.20 "
          + "virtual_ipaddress\"; see lvs-overlap render keepalived",
        "error: /etc/keepalived/keepalived.conf: lacks \"lb_kind DR\" in \"virtual_server fwmark 10010\"; see "
          + "lvs-overlap render keepalived",
        "error: /etc/keepalived/keepalived.conf: lacks \"lb_kind DR\" in \"virtual_server fwmark 10020\"; see "
          + "lvs-overlap render keepalived",
        "warning: /etc/keepalived/keepalived.conf: lacks \"dynamic_interfaces\" in \"global_defs\"; see lvs-overlap "
          + "render keepalived",
        "warning: /etc/keepalived/keepalived.conf:35: \"172.16.20.2\" is not rendered; see lvs-overlap render keepalived",
      ])
    let other = try seen { _ in
      "vrrp_instance other {\n    state MASTER\n    authentication {\n    auth_type PASS\n    }\n}\n"
    }
    #expect(
      other == [
        "warning: /etc/keepalived/keepalived.conf: lacks \"global_defs\"; see lvs-overlap render keepalived",
        "warning: /etc/keepalived/keepalived.conf:1: \"vrrp_instance other\", rendered is \"vrrp_instance eth0.10\"; see "
          + "lvs-overlap render keepalived",
        "warning: /etc/keepalived/keepalived.conf: lacks \"vrrp_instance eth0.20\"; see lvs-overlap render keepalived",
        "warning: /etc/keepalived/keepalived.conf: lacks \"virtual_server fwmark 10010\"; see lvs-overlap render "
          + "keepalived",
        "warning: /etc/keepalived/keepalived.conf: lacks \"virtual_server fwmark 10020\"; see lvs-overlap render "
          + "keepalived",
      ])
    let address = try findings {
      $0.files[Document.interfaces.path] =
        $0.files[Document.interfaces.path]?
        .replacing("172.16.20.3/24", with: "172.16.20.9/24") ?? ""
    }
    #expect(
      address == [
        "warning: /etc/network/interfaces.d/lvs-overlap:19: \"address 172.16.20.9/24\", rendered is \"address "
          + "172.16.20.3/24\"; see lvs-overlap render interfaces"
      ])
    let nothing = try findings { $0.files[Document.interfaces.path] = "" }
    #expect(nothing.count == 6)
    #expect(
      nothing.last
        == "warning: /etc/network/interfaces.d/lvs-overlap: differs from what is rendered in 3 more things; see lvs-overlap "
        + "render interfaces")
  }

  @Test("does not take it for an error that keepalived.conf cannot be rendered, as something else may speak VRRP")
  func noRouterID() throws {
    let sound = try soundHost(cluster())
    var cluster = try cluster()
    cluster.vlans[1].routerID = nil
    let found = Inspection(file(cluster), path: "conf", node: cluster.nodes[0]).findings(in: sound)
    #expect(
      found.map(\.description) == [
        "warning: eth0.20: rendering keepalived.conf: it has no router-id, and its id, 20, is above 255; add "
          + "\"router-id N\", 1 to 255"
      ])
  }

  @Test("says the file's own errors first, and nothing else if they concern all of it") func diagnostics() throws {
    var faulty = file(try cluster())
    faulty.diagnostics = [
      Diagnostic(line: 9, column: 5, message: "no", interface: try interface("eth0.30")),
      Diagnostic(line: 1, column: 1, message: "never"),
    ]
    let found = Inspection(faulty, path: "conf", node: Node("lvsa")).findings(in: HostState())
    #expect(found.map(\.description) == ["error: conf:9:5: no", "error: conf:1:1: never"])
    faulty.diagnostics.removeLast()
    let more = Inspection(faulty, path: "conf", node: Node("lvsa")).findings(in: try soundHost(cluster()))
    #expect(more.map(\.description) == ["error: conf:9:5: no"])
  }
}

@Suite("IPVS's table") struct VirtualServiceTests {
  @Test("is read as the kernel prints it") func listing() throws {
    let text = """
      IP Virtual Server version 1.2.1 (size=4096)
      Prot LocalAddress:Port Scheduler Flags
        -> RemoteAddress:Port Forward Weight ActiveConn InActConn
      FWM  0000271A mh
        -> AC100A03:0000      Route   1      0          0
        -> AC100A04:0000      Masq    0      2          0
      TCP  01020304:0050 rr
        -> 0A000001:0050      Route   1      0          0
      FWM  00002724 rr ops

      """
    let expected: [UInt32: VirtualService] = [
      10010: VirtualService(
        scheduler: "mh",
        realServers: [
          VirtualService.RealServer(try address("172.16.10.3")),
          VirtualService.RealServer(try address("172.16.10.4"), weight: 0, isDirect: false),
        ]),
      10020: VirtualService(scheduler: "rr"),
    ]
    #expect(VirtualService.listed(in: text) == expected)
  }
}

@Suite("The multicast groups") struct MulticastGroupsTests {
  @Test("of an interface are read as the kernel prints them") func listing() throws {
    let text =
      "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
      + "1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
      + "5\tenp3s0f0.10:     2      V3\n\t\t\t\t120000E0     1 0:00000000\t\t0\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
      + "6\teth0.20   :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
    let expected: Set = [try interface("enp3s0f0.10")]
    #expect(MulticastGroups.interfaces(of: MulticastGroups.vrrp, in: text) == expected)
  }
}
