// What must be done to get from one state of the kernel to another, as the scripts that --no-act prints.
import Testing

@testable import Overlap

@Suite("The first start") struct TheFirstStart {
  @Test("of a stateless VLAN marks and translates on the device, outgoing first")
  func ofAStatelessVLANMarksAndTranslatesOnTheDeviceOutgoingFirst() throws {
    let slice = try slices(guideCluster(tcp: [80], udp: [53]))[0]
    #expect(
      try script(untouched([slice]), [slice], scope: ["eth0.10"]) == """
        # /run/lvs-overlap/all: was net/ipv4/vs/expire_nodest_conn 0
        # /run/lvs-overlap/all: was net/ipv4/vs/sloppy_tcp 0
        # /run/lvs-overlap/eth0.10: index 3
        # /run/lvs-overlap/eth0.10: made clsact
        # /run/lvs-overlap/eth0.10: was net/ipv4/conf/eth0.10/arp_announce 0
        # /run/lvs-overlap/eth0.10: was net/ipv4/conf/eth0.10/arp_ignore 0
        # /run/lvs-overlap/eth0.10: was net/ipv4/conf/eth0.10/rp_filter 0
        # /run/lvs-overlap/eth0.10: needs net/ipv4/vs/expire_nodest_conn
        # /run/lvs-overlap/eth0.10: needs net/ipv4/vs/sloppy_tcp
        sysctl -q -w net/ipv4/conf/eth0.10/arp_announce=2
        sysctl -q -w net/ipv4/conf/eth0.10/arp_ignore=1
        sysctl -q -w net/ipv4/conf/eth0.10/rp_filter=1
        sysctl -q -w net/ipv4/vs/expire_nodest_conn=1
        sysctl -q -w net/ipv4/vs/sloppy_tcp=1
        ip -batch - <<'END'
        route add 10.0.10.0/24 via 172.16.10.1 dev eth0.10 proto 143
        END
        tc -batch - <<'END'
        qdisc add dev eth0.10 clsact
        filter add dev eth0.10 egress protocol ip pref 14340 flower skip_hw dst_ip 10.0.10.0/24 \
        action nat ingress 10.0.10.0/24 10.0.0.0 pass cookie 6c76732d6f7665726c6170
        filter add dev eth0.10 ingress protocol ip pref 14300 flower skip_hw ip_proto tcp src_ip 10.0.0.0/24 \
        dst_ip 1.2.3.4/32 dst_port 80 action skbedit mark 10010 pipe \
        action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        filter add dev eth0.10 ingress protocol ip pref 14300 flower skip_hw ip_proto udp src_ip 10.0.0.0/24 \
        dst_ip 1.2.3.4/32 dst_port 53 action skbedit mark 10010 pipe \
        action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        filter add dev eth0.10 ingress protocol ip pref 14310 u32 skip_hw match u8 0x45 0xff at 0 match ip firstfrag \
        match ip protocol 6 0xff match ip src 10.0.0.0/24 match ip dst 1.2.3.4/32 match ip dport 80 0xffff \
        action skbedit mark 10010 pipe action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        filter add dev eth0.10 ingress protocol ip pref 14310 u32 skip_hw match u8 0x45 0xff at 0 match ip firstfrag \
        match ip protocol 17 0xff match ip src 10.0.0.0/24 match ip dst 1.2.3.4/32 match ip dport 53 0xffff \
        action skbedit mark 10010 pipe action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        filter add dev eth0.10 ingress protocol ip pref 14320 flower skip_hw ip_proto icmp \
        action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        filter add dev eth0.10 ingress protocol ip pref 14330 flower skip_hw src_ip 10.0.0.0/24 \
        action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        END

        """)
  }

  @Test("of a conntrack VLAN has the guide's rules, tables, zones and marks")
  func ofAConntrackVLANHasTheGuideSRulesTablesZonesAndMarks() throws {
    let slice = try slices(guideCluster(.conntrack))[0]
    let text = try script(untouched([slice]), [slice], scope: ["eth0.10"])
    #expect(
      text.contains(
        """
        ip -batch - <<'END'
        route add default via 172.16.10.1 dev eth0.10 table 10010 proto 143
        route add default via 172.16.10.4 dev eth0.10 table 20010 proto 143
        rule add pref 10010 from 172.16.10.3/32 to 10.0.10.0/24 lookup 20010 protocol 143
        rule add pref 15010 to 10.0.10.0/24 lookup 10010 protocol 143
        rule add pref 20010 to 10.0.0.0/24 fwmark 1000010 lookup 10010 protocol 143
        END
        nft -f - <<'END'
        table ip lvs-overlap {

        """))
    #expect(
      text.hasSuffix(
        """
        add element ip lvs-overlap client { "eth0.10" . 10.0.0.0/24 }
        add element ip lvs-overlap netmap { 10010 . 10.0.0.0/24 : 10.0.10.0/24 }
        add element ip lvs-overlap request_mark { "eth0.10" . 1.2.3.4 . tcp . 80 : 10010 }
        add element ip lvs-overlap return_mark { "eth0.10" : 1000010 }
        add element ip lvs-overlap service { "eth0.10" . 1.2.3.4 . tcp . 80 }
        add element ip lvs-overlap unique { "eth0.10" . 10.0.10.0/24 }
        add element ip lvs-overlap virtual_ip { "eth0.10" . 1.2.3.4 }
        add element ip lvs-overlap zone { "eth0.10" : 10 }
        END

        """))
  }

  @Test("loads ip_vs when its sysctls are not there") func loadsIpVsWhenItsSysctlsAreNotThere() throws {
    let slice = try slices(guideCluster())[0]
    var live = untouched([slice])
    live.sysctls = live.sysctls.filter { !$0.key.isIPVS }
    #expect(try script(live, [slice], scope: ["eth0.10"]).hasPrefix("modprobe ip_vs\n"))
  }

  @Test("sets sloppy_tcp only if every scheduler is a consistent hash", arguments: ["wlc", "sh"])
  func setsSloppyTcpOnlyIfEverySchedulerIsAConsistentHash(scheduler: String) throws {
    let slice = try slices(guideCluster(scheduler: scheduler))[0]
    #expect(slice.sharedSysctls == [Sysctl("net/ipv4/vs/expire_nodest_conn"): "1"])
  }
}

@Suite("Starting again") struct StartingAgain {
  @Test("has nothing to do", arguments: Dataplane.allCases) func hasNothingToDo(dataplane: Dataplane) throws {
    let all = try slices(guideCluster(dataplane, tcp: [80, 443], udp: [53]))
    #expect(try script(started(all), all, scope: ["eth0.10", "eth0.20"]) == "")
  }

  @Test("after a port was added touches only what differs") func afterAPortWasAddedTouchesOnlyWhatDiffers() throws {
    let before = try slices(guideCluster(tcp: [443]))[0]
    let after = try slices(guideCluster(tcp: [80, 443]))[0]
    let text = try script(started([before]), [after], scope: ["eth0.10"])
    #expect(
      text == """
        tc -batch - <<'END'
        filter add dev eth0.10 ingress protocol ip pref 14300 flower skip_hw ip_proto tcp src_ip 10.0.0.0/24 \
        dst_ip 1.2.3.4/32 dst_port 80 action skbedit mark 10010 pipe \
        action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        filter add dev eth0.10 ingress protocol ip pref 14310 u32 skip_hw match u8 0x45 0xff at 0 match ip firstfrag \
        match ip protocol 6 0xff match ip src 10.0.0.0/24 match ip dst 1.2.3.4/32 match ip dport 80 0xffff \
        action skbedit mark 10010 pipe action nat egress 10.0.0.0/24 10.0.10.0 pass cookie 6c76732d6f7665726c6170
        END

        """)
  }

  @Test("with another unique subnet translates back to it before it translates to it")
  func withAnotherUniqueSubnetTranslatesBackToItBeforeItTranslatesToIt() throws {
    var cluster = try guideCluster()
    let before = slices(cluster)[0]
    cluster.vlans[0].netmaps[0].unique = try prefix("10.9.10.0/24")
    let text = try script(started([before]), [slices(cluster)[0]], scope: ["eth0.10"])
    #expect(
      text == """
        ip -batch - <<'END'
        route add 10.9.10.0/24 via 172.16.10.1 dev eth0.10 proto 143
        END
        tc -batch - <<'END'
        filter add dev eth0.10 egress protocol ip pref 14340 flower skip_hw dst_ip 10.9.10.0/24 \
        action nat ingress 10.9.10.0/24 10.0.0.0 pass cookie 6c76732d6f7665726c6170
        filter replace dev eth0.10 ingress protocol ip pref 14300 handle 1 flower skip_hw ip_proto tcp \
        src_ip 10.0.0.0/24 dst_ip 1.2.3.4/32 dst_port 80 action skbedit mark 10010 pipe \
        action nat egress 10.0.0.0/24 10.9.10.0 pass cookie 6c76732d6f7665726c6170
        filter replace dev eth0.10 ingress protocol ip pref 14310 handle 800::801 u32 skip_hw match u8 0x45 0xff at 0 \
        match ip firstfrag match ip protocol 6 0xff match ip src 10.0.0.0/24 match ip dst 1.2.3.4/32 \
        match ip dport 80 0xffff action skbedit mark 10010 pipe \
        action nat egress 10.0.0.0/24 10.9.10.0 pass cookie 6c76732d6f7665726c6170
        filter replace dev eth0.10 ingress protocol ip pref 14320 handle 3 flower skip_hw ip_proto icmp \
        action nat egress 10.0.0.0/24 10.9.10.0 pass cookie 6c76732d6f7665726c6170
        filter replace dev eth0.10 ingress protocol ip pref 14330 handle 4 flower skip_hw src_ip 10.0.0.0/24 \
        action nat egress 10.0.0.0/24 10.9.10.0 pass cookie 6c76732d6f7665726c6170
        filter del dev eth0.10 egress protocol ip pref 14340 handle 5 flower
        END
        ip -batch - <<'END'
        route del 10.0.10.0/24 via 172.16.10.1 dev eth0.10 proto 143
        END

        """)
  }

  @Test("moves a VLAN from conntrack to stateless and leaves nothing of the other")
  func movesAVLANFromConntrackToStatelessAndLeavesNothingOfTheOther() throws {
    let before = try slices(guideCluster(.conntrack))[0]
    let after = try slices(guideCluster(.stateless))[0]
    var live = started([before])
    live.sysctls.merge(untouched([after]).sysctls) { old, _ in old }
    let text = try script(live, [after], scope: ["eth0.10"])
    let steps = text.split(separator: "\n").filter { $0.hasSuffix("<<'END'") || $0.contains("delete table") }
    #expect(
      steps == [
        "ip -batch - <<'END'", "nft -f - <<'END'", "delete table ip lvs-overlap", "tc -batch - <<'END'",
        "ip -batch - <<'END'",
      ])
    #expect(
      text.contains(
        """
        rule del pref 10010 from 172.16.10.3/32 to 10.0.10.0/24 lookup 20010 protocol 143
        rule del pref 15010 to 10.0.10.0/24 lookup 10010 protocol 143
        rule del pref 20010 to 10.0.0.0/24 fwmark 1000010 lookup 10010 protocol 143
        route del default via 172.16.10.1 dev eth0.10 table 10010 proto 143
        route del default via 172.16.10.4 dev eth0.10 table 20010 proto 143
        END
        sysctl -q -w net/ipv4/conf/all/accept_redirects=1
        sysctl -q -w net/ipv4/conf/all/send_redirects=1
        sysctl -q -w net/ipv4/conf/eth0.10/accept_local=0
        sysctl -q -w net/ipv4/conf/eth0.10/accept_redirects=1
        sysctl -q -w net/ipv4/conf/eth0.10/forwarding=0
        sysctl -q -w net/ipv4/conf/eth0.10/send_redirects=1
        sysctl -q -w net/ipv4/vs/conntrack=0

        """))
  }
}

@Suite struct Stopping {
  @Test("takes the clsact qdisc away at once when no one else uses it")
  func takesTheClsactQdiscAwayAtOnceWhenNoOneElseUsesIt() throws {
    let all = try slices(guideCluster())
    #expect(
      try script(started(all), [], scope: ["eth0.10"]) == """
        tc -batch - <<'END'
        qdisc del dev eth0.10 clsact
        END
        ip -batch - <<'END'
        route del 10.0.10.0/24 via 172.16.10.1 dev eth0.10 proto 143
        END
        sysctl -q -w net/ipv4/conf/eth0.10/arp_announce=0
        sysctl -q -w net/ipv4/conf/eth0.10/arp_ignore=0
        sysctl -q -w net/ipv4/conf/eth0.10/rp_filter=0
        # /run/lvs-overlap/eth0.10: removed

        """)
  }

  @Test("removes an empty clsact qdisc that an interrupted start made, and leaves one that it found")
  func removesAnEmptyClsactQdiscOfItsOwn() throws {
    let slice = try slices(guideCluster())[0]
    var live = started([slice])
    live.filters = []
    #expect(try script(live, [], scope: ["eth0.10"]).contains("qdisc del dev eth0.10 clsact\n"))
    live.saved.interfaces[slice.interface]?.madeClsact = false
    #expect(try !script(live, [], scope: ["eth0.10"]).contains("qdisc"))
  }

  @Test("leaves the clsact qdisc to other people's filters") func leavesTheClsactQdiscToOtherPeopleSFilters() throws {
    let slice = try slices(guideCluster())[0]
    var live = started([slice])
    live.links[slice.interface]?.foreignFilters = [ForeignFilter(hook: .ingress, preference: 1)]
    let text = try script(live, [], scope: ["eth0.10"])
    #expect(
      text.hasPrefix(
        """
        tc -batch - <<'END'
        filter del dev eth0.10 ingress protocol ip pref 14330 handle 4 flower
        filter del dev eth0.10 ingress protocol ip pref 14320 handle 3 flower
        filter del dev eth0.10 ingress protocol ip pref 14310 handle 800::801 u32
        filter del dev eth0.10 ingress protocol ip pref 14300 handle 1 flower
        filter del dev eth0.10 egress protocol ip pref 14340 handle 5 flower
        END

        """))
  }

  @Test("gives shared settings back with the last VLAN only") func givesSharedSettingsBackWithTheLastVLANOnly() throws {
    let all = try slices(guideCluster())
    let live = started(all)
    #expect(try !script(live, [], scope: ["eth0.10"]).contains("net/ipv4/vs"))
    #expect(
      try script(live, [], scope: ["eth0.10", "eth0.20"]).hasSuffix(
        """
        sysctl -q -w net/ipv4/vs/expire_nodest_conn=0
        sysctl -q -w net/ipv4/vs/sloppy_tcp=0
        # /run/lvs-overlap/all: removed
        # /run/lvs-overlap/eth0.10: removed
        # /run/lvs-overlap/eth0.20: removed

        """))
  }

  @Test("takes one conntrack VLAN's elements out and leaves the other's")
  func takesOneConntrackVLANSElementsOutAndLeavesTheOtherS() throws {
    let live = started(try slices(guideCluster(.conntrack)))
    let text = try script(live, [], scope: ["eth0.10"])
    #expect(text.contains("delete element ip lvs-overlap netmap { 10010 . 10.0.0.0/24 }\n"))
    #expect(text.contains("delete element ip lvs-overlap zone { \"eth0.10\" }\n"))
    #expect(!text.contains("eth0.20"))
    #expect(!text.contains("delete table"))
  }

  @Test("works when the device is gone, by what the table says of it")
  func worksWhenTheDeviceIsGoneByWhatTheTableSaysOfIt() throws {
    var live = started(try slices(guideCluster(.conntrack)))
    let name = try interface("eth0.10")
    live.links[name] = nil
    live.routes = live.routes.filter { $0.interface != name }
    live.sysctls = live.sysctls.filter { !$0.key.description.contains("eth0.10") }
    let text = try script(live, [], scope: ["eth0.10"])
    #expect(
      text.hasSuffix(
        """
        ip -batch - <<'END'
        rule del pref 10010 from 172.16.10.3/32 to 10.0.10.0/24 lookup 20010 protocol 143
        rule del pref 15010 to 10.0.10.0/24 lookup 10010 protocol 143
        rule del pref 20010 to 10.0.0.0/24 fwmark 1000010 lookup 10010 protocol 143
        END
        # /run/lvs-overlap/eth0.10: removed

        """))
  }

  @Test("of what was never started has nothing to do") func ofWhatWasNeverStartedHasNothingToDo() throws {
    let all = try slices(guideCluster())
    #expect(try script(untouched(all), [], scope: ["eth0.10"]) == "")
  }
}

@Suite("What a stop leaves") struct WhatAStopLeaves {
  @Test("is what there was before the start", arguments: Dataplane.allCases)
  func isWhatThereWasBeforeTheStart(dataplane: Dataplane) throws {
    let all = try slices(guideCluster(dataplane))
    #expect(started(all).afterStop(of: Set(all.map(\.interface))) == untouched(all))
  }

  @Test("of one VLAN has nothing of it, and all of the other", arguments: Dataplane.allCases)
  func ofOneVLANHasNothingOfItAndAllOfTheOther(dataplane: Dataplane) throws {
    let all = try slices(guideCluster(dataplane))
    let left = started(all).afterStop(of: [all[0].interface])
    #expect(try script(left, [], scope: ["eth0.10"]) == "")
    #expect(try script(left, [all[1]], scope: ["eth0.20"]) == "")
    #expect(try script(left, [], scope: ["eth0.20"]) != "")
  }

  @Test("has the clsact qdisc that other people's filters are on")
  func hasTheClsactQdiscThatOtherPeopleSFiltersAreOn() throws {
    let slice = try slices(guideCluster())[0]
    var live = started([slice])
    live.links[slice.interface]?.foreignFilters = [ForeignFilter(hook: .ingress, preference: 1)]
    let left = live.afterStop(of: [slice.interface])
    #expect(left.filters == [])
    #expect(
      left.links == [
        slice.interface: LiveState.Link(
          index: 3, hasClsact: true, foreignFilters: [ForeignFilter(hook: .ingress, preference: 1)])
      ])
  }
}

@Suite("Taking back") struct TakingBack {
  @Test("is the difference to what there was", arguments: Dataplane.allCases) func isTheDifferenceToWhatThereWas(
    dataplane: Dataplane
  ) throws {
    let all = try slices(guideCluster(dataplane))
    let before = untouched(all)
    let scope = Set(all.map(\.interface))
    let now = started(all)
    let back = Plan(live: now, target: Target(restoring: before, scope: scope), scope: scope)
    let stop = Plan(live: now, target: Target(slices: [], scope: scope, live: now), scope: scope)
    #expect(back == stop)
    #expect(Plan(live: before, target: Target(restoring: before, scope: scope), scope: scope).steps.isEmpty)
  }
}
