// Other programs' files as they are rendered, whole or in the part that a test is about.
import Testing

@testable import Overlap

/// The rendered text from the first line on that begins with some words, up to an empty line.
private func part(_ text: String, from beginning: String) throws -> String {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  let start = try #require(lines.firstIndex { $0.hasPrefix(beginning) }, "no line begins with \(beginning)")
  return lines[start...].prefix { !$0.isEmpty }.joined(separator: "\n")
}

private func keepalived(_ configuration: Configuration, node: String = "lvsa") throws -> String {
  try configuration.rendered(.keepalived, node: node, file: "conf")
}

@Suite("A rendered keepalived.conf") struct KeepalivedTests {
  @Test("lets whoever is director of a VLAN stay it") func nobodyIsPreferred() throws {
    let expected = """
      vrrp_instance eth0.10 {
          state BACKUP
          interface eth0.10
          virtual_router_id 10
          # All nodes have the same: whoever is director stays it, and a node that returns moves nothing.
          priority 253
          advert_int 1
          # No authentication: VRRP has had none since RFC 3768, and keepalived's is in clear text.
          virtual_ipaddress {
              172.16.10.2/24
          }
      }
      """
    var cluster = try guideCluster()
    cluster.vlans[0].routerID = 10
    cluster.vlans[1].routerID = 20
    let seen = try part(keepalived(cluster), from: "vrrp_instance eth0.10 ")
    #expect(seen == expected)
    let other = try part(keepalived(cluster, node: "lvsb"), from: "vrrp_instance eth0.10 ")
    #expect(other == expected)
  }

  @Test("speaks of the node, and of what all VLANs have in common", arguments: Dataplane.allCases)
  func globalDefinitions(_ dataplane: Dataplane) throws {
    var cluster = try guideCluster(dataplane)
    cluster.vlans[0].routerID = 10
    cluster.vlans[1].routerID = 20
    for node in ["lvsa", "lvsb"] {
      let definitions = try part(keepalived(cluster, node: node), from: "global_defs ")
      #expect(
        definitions == """
          global_defs {
              router_id \(node)
              # A VLAN that is not there, or goes and comes again, is no reason to give up the others.
              dynamic_interfaces
              # When there were two directors, who gives way says so, and who stays announces itself again.
              vrrp_higher_prio_send_advert true
              # What a stop has left in IPVS on purpose (see /etc/default/keepalived) may be out of date.
              lvs_flush
          }
          """)
    }
  }

  @Test("gives a VLAN back to the node that it prefers, after a while") func oneIsPreferred() throws {
    var cluster = try guideCluster()
    cluster.vlans[0].routerID = 10
    cluster.vlans[0].prefer = "lvsb"
    cluster.vlans[1].routerID = 20
    cluster.vlans[1].prefer = "lvsa"
    let first = try part(keepalived(cluster), from: "vrrp_instance eth0.10 ")
    #expect(first.contains("    priority 253\n"))
    #expect(first.contains("    preempt_delay 30\n"))
    let second = try part(keepalived(cluster), from: "vrrp_instance eth0.20 ")
    #expect(second.contains("    priority 254\n"))
  }

  @Test("keeps all VLANs on one director under conntrack") func syncGroup() throws {
    var cluster = try guideCluster(.conntrack)
    cluster.vlans[0].routerID = 10
    cluster.vlans[1].routerID = 20
    cluster.vlans[1].prefer = "lvsb"
    let text = try keepalived(cluster, node: "lvsb")
    let group = try part(text, from: "vrrp_sync_group ")
    #expect(
      group == """
        vrrp_sync_group lvs-overlap {
            group {
                eth0.10
                eth0.20
            }
        }
        """)
    let instance = try part(text, from: "vrrp_instance eth0.10 ")
    #expect(instance.contains("    priority 254\n"))
    #expect(!text.contains("lvs_sync_daemon"))
  }

  @Test("names a VLAN that begins with @ in quotes where keepalived would take it for a condition")
  func conditionalLine() throws {
    var cluster = try guideCluster(.conntrack)
    cluster.vlans[0].interface = try #require(InterfaceName("@a10"))
    cluster.vlans[0].routerID = 10
    cluster.vlans[1].routerID = 20
    let text = try keepalived(cluster)
    #expect(text.contains("    group {\n        \"@a10\"\n        eth0.20\n    }\n"))
    #expect(text.contains("vrrp_instance @a10 {\n"))
  }

  @Test("sends each service of each VLAN to every node that answers") func virtualServers() throws {
    var cluster = try guideCluster(tcp: [80])
    cluster.vlans[0].routerID = 10
    cluster.vlans[1].routerID = 20
    let text = try keepalived(cluster)
    let server = try part(text, from: "virtual_server fwmark 10020 ")
    #expect(
      server == """
        virtual_server fwmark 10020 {
            # Service web on eth0.20.
            lb_algo mh
            mh-port
            mh-fallback
            lb_kind DR
            delay_loop 3
            real_server 172.16.20.3 {
                weight 1
                TCP_CHECK {
                    connect_ip 172.16.20.3
                    connect_port 80
                    connect_timeout 2
                    retry 1
                    delay_before_retry 1
                }
            }
            real_server 172.16.20.4 {
                weight 1
                TCP_CHECK {
                    connect_ip 172.16.20.4
                    connect_port 80
                    connect_timeout 2
                    retry 1
                    delay_before_retry 1
                }
            }
        }
        """)
    let other = try keepalived(cluster, node: "lvsb")
    #expect(try part(other, from: "virtual_server fwmark 10020 ") == server)
  }

  @Test("leaves out VLANs that are disabled") func disabledVLAN() throws {
    var cluster = try guideCluster(.conntrack)
    cluster.vlans[0].isDisabled = true
    cluster.vlans[1].routerID = 20
    let text = try keepalived(cluster)
    #expect(!text.contains("eth0.10"))
    #expect(!text.contains("vrrp_sync_group"))
    #expect(text.contains("virtual_server fwmark 10020 {"))
    cluster.vlans[1].isDisabled = true
    let nothing = try keepalived(cluster)
    #expect(nothing.hasSuffix("    lvs_flush\n}\n"))
  }

  @Test("has nothing for a node that is never director, and shares requests by weight") func nodeOptions() throws {
    var cluster = try guideCluster()
    cluster.nodes = [Node("lvsc", mayDirect: false, weight: 3), Node("lvsa"), Node("lvsb", weight: 0)]
    for index in cluster.vlans.indices {
      cluster.vlans[index].routerID = 10
      cluster.vlans[index].addresses["lvsc"] = IPv4InterfaceAddress("172.16.\(10 * (index + 1)).5/24")
    }
    let director = try keepalived(cluster, node: "lvsb")
    #expect(director.contains("    real_server 172.16.20.5 {\n        weight 3\n"))
    #expect(director.contains("    real_server 172.16.20.4 {\n        weight 0\n"))
    let never = try keepalived(cluster, node: "lvsc")
    #expect(
      never.hasSuffix(
        """

        global_defs {
            router_id lvsc
        }
        # This node is never director: those who are check it and send it requests.

        """))
  }

  @Test("asks UDP alone with a ping and a datagram, HTTP's first port for its path, and nothing without a check")
  func checks() throws {
    var cluster = try guideCluster(tcp: [], udp: [53])
    cluster.vlans = [cluster.vlans[0]]
    cluster.vlans[0].routerID = 10
    let udp = try keepalived(cluster)
    #expect(
      udp.contains(
        """
                PING_CHECK {
                    connect_ip 172.16.10.3
                    connect_timeout 2
                    retry 1
                    delay_before_retry 1
                }
                UDP_CHECK {
                    connect_ip 172.16.10.3
                    connect_port 53

        """))
    cluster.services[0].tcp = [80, 443]
    cluster.services[0].check = .http(path: "/health")
    let http = try keepalived(cluster)
    #expect(
      http.contains(
        """
                HTTP_GET {
                    url {
                        path /health
                        status_code 200-299
                    }
                    connect_ip 172.16.10.3
                    connect_port 80
                    connect_timeout 2
                    retry 1
                    delay_before_retry 1
                }
                TCP_CHECK {
                    connect_ip 172.16.10.3
                    connect_port 443

        """))
    cluster.services[0].check = .none
    let none = try keepalived(cluster)
    #expect(none.contains("    real_server 172.16.10.3 {\n        weight 1\n    }\n"))
  }

  @Test("has a sync daemon where no consistent hash finds the real server again", arguments: ["wlc", "sh"])
  func syncDaemon(scheduler: String) throws {
    var cluster = try guideCluster(scheduler: scheduler)
    cluster.vlans[0].routerID = 10
    cluster.vlans[1].routerID = 20
    let text = try keepalived(cluster)
    #expect(text.contains("    lvs_sync_daemon eth0.10 id 10\n"))
    #expect(!text.contains("mh-port"))
  }

  @Test("cannot be without a router id") func noRouterID() throws {
    var cluster = try guideCluster()
    cluster.vlans = [try guideVLAN(245)]
    cluster.vlans[0].id = 300
    var words = ""
    do {
      words = try keepalived(cluster)
    } catch {
      words = "\(error)"
    }
    #expect(
      words == "eth0.245: rendering keepalived.conf: it has no router-id, and its id, 300, is above 255; add "
        + "\"router-id N\", 1 to 255")
  }
}

@Suite("Rendered defaults") struct KeepalivedDefaultsTests {
  @Test("leave IPVS alone when keepalived stops") func defaults() throws {
    let text = try guideCluster().rendered(.keepalivedDefaults, node: "lvsa", file: "conf")
    #expect(
      text == """
        # /etc/default/keepalived of lvsa.
        # Rendered by "lvs-overlap render defaults" from conf: edit that, and render again.

        # Requests still come here for a moment after a stop, and must find IPVS as it was.
        DAEMON_ARGS="--dont-release-ipvs"

        """)
  }
}

@Suite("A comment in a rendered file") struct CommentTests {
  // Swift 6.0 crashes on an interpolation among a test's arguments.
  static let comments = [
    ("a\u{1b}b", "# a b\n"), ("a\\", "# a\\.\n"), ("a\\\\", "# a\\\\.\n"), ("a\\\u{2003}", "# a\\\u{2003}.\n"),
    (String(repeating: "\u{1f310}", count: 2000), "# \(String(repeating: "\u{1f310}", count: 240))\n"),
  ]

  @Test("is one line, and a whole one, for whoever reads it", arguments: comments)
  func comment(text: String, expected: String) {
    #expect(ConfigurationItem.comment(text).text(indentation: "") == expected)
  }
}

@Suite("Rendered interfaces") struct InterfacesFileTests {
  @Test("have the virtual IPs on lo, the trunk, and this node's addresses") func interfaces() throws {
    var cluster = try guideCluster()
    cluster.vlans[0].site = "Remote A\u{1b}"
    let text = try cluster.rendered(.interfaces, node: "lvsb", file: "/etc/lvs-overlap.conf")
    #expect(
      text == """
        # /etc/network/interfaces.d/lvs-overlap of lvsb.
        # Rendered by "lvs-overlap render interfaces" from /etc/lvs-overlap.conf: edit that, and render again.

        # Every node has the virtual IPs, and answers no ARP request for them.
        auto lo
        iface lo inet loopback
            up ip address replace 1.2.3.4/32 dev lo
            down ip address delete 1.2.3.4/32 dev lo || true

        auto eth0
        iface eth0 inet manual

        # Remote A\u{20}
        auto eth0.10
        iface eth0.10 inet static
            address 172.16.10.4/24

        auto eth0.20
        iface eth0.20 inet static
            address 172.16.20.4/24

        """)
  }
}

@Suite("Rendered sysctls") struct SysctlFileTests {
  @Test("are what a start sets on each VLAN's interface that is not disabled") func interfaces() throws {
    var cluster = try guideCluster()
    cluster.vlans[1].isDisabled = true
    let text = try cluster.rendered(.sysctl, node: "lvsa", file: "conf")
    #expect(
      text == """
        # /etc/sysctl.d/90-lvs-overlap.conf of lvsa.
        # Rendered by "lvs-overlap render sysctl" from conf: edit that, and render again.

        -net/ipv4/conf/eth0.10/arp_announce = 2
        -net/ipv4/conf/eth0.10/arp_ignore = 1
        -net/ipv4/conf/eth0.10/rp_filter = 1

        """)
  }
}

@Suite("Rendered rt_tables") struct RoutingTableNamesTests {
  @Test("name conntrack's tables") func names() throws {
    let text = try guideCluster(.conntrack).rendered(.routingTables, node: "lvsa", file: "conf")
    #expect(
      text.hasSuffix(
        """
        10010 eth0.10-gateway
        20010 eth0.10-peer
        10020 eth0.20-gateway
        20020 eth0.20-peer

        """))
  }
}
