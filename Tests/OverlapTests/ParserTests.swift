// What a sound file means: the guide's set-up word for word, every option, and the liberties of the notation.

import Testing

@testable import Overlap

/// The guide's two sites, as the design's page writes them.
let guideFile = """
  dataplane stateless                 # stateless (default) | conntrack

  node lvsa                           # the short hostname selects the node; --node NAME overrides
  node lvsb

  service web
      address 1.2.3.4                 # virtual IPs, one or more
      tcp 80 443                      # and/or: udp 53
      scheduler mh                    # IPVS scheduler, default mh
      check tcp                       # keepalived health check: tcp (default) | http PATH | none

  vlan eth0.10
      site "Remote A"                 # optional label for people
      netmap 10.0.0.0/24 10.0.10.0/24 # client subnet, unique subnet; may be repeated
      gateway 172.16.10.1             # the router on this VLAN
      vip 172.16.10.2/24              # VRRP address that the router points the virtual IPs at
      address lvsa 172.16.10.3/24     # each node's primary address on this VLAN
      address lvsb 172.16.10.4/24
      prefer lvsa                     # optional: which node is VRRP master when both are well
      router-id 10                    # optional: VRRP virtual_router_id, default the id when <= 255
      id 10                           # optional: default the number at the end of the interface's name

  vlan eth0.20
      netmap 10.0.0.0/24 10.0.20.0/24
      gateway 172.16.20.1
      vip 172.16.20.2/24
      address lvsa 172.16.20.3/24
      address lvsb 172.16.20.4/24

  """

/// Two nodes, a service, and a VLAN that needs only its options.
private func vlanFile(_ options: String, interface: String = "eth0.10") -> String {
  """
  node a
  node b
  service web
  address 1.2.3.4
  tcp 80
  vlan \(interface)
  netmap 10.0.0.0/24 10.0.10.0/24
  gateway 172.16.10.1
  vip 172.16.10.2/24
  address a 172.16.10.3/24
  address b 172.16.10.4/24
  \(options)
  """
}

private func parse(_ text: String) -> ConfigurationFile { ConfigurationFile(parsing: Array(text.utf8)) }

private func interfaceAddress(_ text: String) throws -> IPv4InterfaceAddress {
  try #require(IPv4InterfaceAddress(text))
}

@Suite("A file says what it seems to say")
struct ParserTests {
  @Test("The guide's set-up is read as two nodes, a service and two VLANs")
  func guide() throws {
    let file = parse(guideFile)
    #expect(file.diagnostics == [])
    let ten = try #require(InterfaceName("eth0.10"))
    let twenty = try #require(InterfaceName("eth0.20"))
    #expect(file.interfaces == [ten, twenty])
    #expect(
      try file.configuration
        == Configuration(
          dataplane: .stateless, nodes: [Node("lvsa"), Node("lvsb")],
          services: [
            Service(
              name: "web", number: 1, addresses: [address("1.2.3.4")], tcp: [80, 443], udp: [], scheduler: "mh",
              check: .tcp)
          ],
          vlans: [
            VLAN(
              interface: ten, id: 10, site: "Remote A",
              netmaps: [Netmap(client: prefix("10.0.0.0/24"), unique: prefix("10.0.10.0/24"))],
              gateway: address("172.16.10.1"), vip: interfaceAddress("172.16.10.2/24"),
              addresses: [
                "lvsa": interfaceAddress("172.16.10.3/24"), "lvsb": interfaceAddress("172.16.10.4/24"),
              ], prefer: "lvsa", routerID: 10),
            VLAN(
              interface: twenty, id: 20,
              netmaps: [Netmap(client: prefix("10.0.0.0/24"), unique: prefix("10.0.20.0/24"))],
              gateway: address("172.16.20.1"), vip: interfaceAddress("172.16.20.2/24"),
              addresses: [
                "lvsa": interfaceAddress("172.16.20.3/24"), "lvsb": interfaceAddress("172.16.20.4/24"),
              ], routerID: 20),
          ]))
  }

  @Test("A file without a word is sound, and says nothing")
  func emptyFile() {
    for text in ["", "\n", "   # nothing yet\n\n", "\u{feff}", "\\", "\\\n"] {
      #expect(parse(text) == ConfigurationFile(configuration: Configuration(), diagnostics: [], interfaces: []))
    }
  }

  @Test("A file without VLANs needs no service")
  func nodesOnly() {
    let file = parse("dataplane conntrack\nnode a\nnode b\n")
    #expect(
      file
        == ConfigurationFile(
          configuration: Configuration(dataplane: .conntrack, nodes: [Node("a"), Node("b")]), diagnostics: [],
          interfaces: []))
  }

  @Test("Every option of a service is taken in, and lists may go on in further lines")
  func services() throws {
    let file = parse(
      """
      node a
      node b
      dataplane conntrack
      service web
        address 192.0.2.1 192.0.2.2
        address 192.0.2.3
        tcp 80 443
        tcp 8080
        scheduler wlc
        check http /health?full=1
        number 7
      service dns
        number 99
        address 192.0.2.1
        udp 53
        tcp 53
        check none
      """)
    #expect(file.diagnostics == [])
    #expect(file.configuration.dataplane == .conntrack)
    #expect(
      try file.configuration.services == [
        Service(
          name: "web", number: 7, addresses: [address("192.0.2.1"), address("192.0.2.2"), address("192.0.2.3")],
          tcp: [80, 443, 8080], scheduler: "wlc", check: .http(path: "/health?full=1")),
        Service(
          name: "dns", number: 99, addresses: [address("192.0.2.1")], tcp: [53], udp: [53], scheduler: "mh",
          check: .none),
      ])
  }

  @Test("Nothing hangs on indentation, on empty lines or on tabs")
  func indentation() {
    let bare = guideFile.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: "\n")
    #expect(parse(bare) == parse(guideFile))
    #expect(
      parse(guideFile.replacing(" ", with: "\t\t").replacing("Remote\t\tA", with: "Remote A")) == parse(guideFile))
  }

  @Test("Lines may end as on Windows, and the last one need not end at all")
  func lineEnds() {
    #expect(parse(guideFile.split(separator: "\n").joined(separator: "\r\n")) == parse(guideFile))
    #expect(parse("\u{feff}" + guideFile) == parse(guideFile))
  }

  @Test("A backslash at the end of a line continues it, and ends a word")
  func continuation() {
    #expect(parse(guideFile.replacing("tcp 80 443 ", with: "tcp 80\\\n443")) == parse(guideFile))
    #expect(parse(guideFile.replacing("tcp 80 443 ", with: "tcp \\\r\n \\\n 80 \\\n443 ")) == parse(guideFile))
    #expect(parse("node a \\").configuration.nodes.map(\.name) == ["a"])
  }

  @Test("A continued line is counted as the lines that it is")
  func continuationLines() {
    let file = parse("node \\\n  a \\\n  b\nnode -\n")
    #expect(
      file.diagnostics.map { $0.rendered(file: "conf") } == [
        "conf:3:3: too much from \"b\" on; the form is: node NAME",
        "conf:4:6: \"-\" is not a short host name; write 1 to 63 letters, digits and inner hyphens (RFC 1123)",
      ])
  }

  @Test("A comment begins a word, ends with its line, and is not continued")
  func comments() {
    #expect(parse("node a#b").diagnostics.count == 1)
    #expect(parse("node a #b \\\nnode c").configuration.nodes.map(\.name) == ["a", "c"])
    #expect(parse("node a \\\n# b\nnode c").configuration.nodes.map(\.name) == ["a", "c"])
    #expect(parse("#node a").configuration.nodes.map(\.name) == [])
  }

  @Test("Quotes group a word with blanks, hashes and backslashes")
  func quotes() {
    func site(_ text: String) -> String? { parse(vlanFile("site \(text)")).configuration.vlans.first?.site }
    #expect(site("\"Remote A\"") == "Remote A")
    #expect(site("\"Zürich #1 \\\"") == "Zürich #1 \\")
    #expect(site("Genf") == "Genf")
    #expect(parse("\"node\" \"a\"").configuration.nodes.map(\.name) == ["a"])
  }

  @Test("The dataplane is the file's, wherever it stands, and the stanza around it goes on")
  func dataplane() {
    let file = parse(vlanFile("dataplane conntrack\nsite A"))
    #expect(file.diagnostics == [])
    #expect(file.configuration.dataplane == .conntrack)
    #expect(file.configuration.vlans.map(\.site) == ["A"])
  }

  @Test("Nodes may be declared after the VLANs that name them")
  func order() {
    let lines = guideFile.split(separator: "\n")
    let moved = lines.filter { !$0.hasPrefix("node") } + lines.filter { $0.hasPrefix("node") }
    #expect(parse(moved.joined(separator: "\n")) == parse(guideFile))
  }

  @Test(
    "The id is the number at the end of the interface's name unless the file gives one",
    arguments: [
      ("eth0.10", "", 10), ("vlan0042", "", 42), ("br4999", "", 4999), ("eth0.10", "id 11", 11),
      ("up", "id 4999", 4999),
      ("eth0", "id 1", 1), ("eth0.9999", "id 1", 1),
    ])
  func ids(interface: String, option: String, id: Int) {
    let file = parse(vlanFile(option, interface: interface))
    #expect(file.diagnostics == [])
    #expect(file.configuration.vlans.map(\.id) == [id])
  }

  @Test(
    "The router-id is the id if that is at most 255, unless the file gives one",
    arguments: [
      ("id 255", 255), ("id 256", nil), ("id 256\nrouter-id 255", 255), ("id 1\nrouter-id 2", 2),
    ] as [(String, Int?)])
  func routerIDs(options: String, routerID: Int?) {
    let file = parse(vlanFile(options))
    #expect(file.diagnostics == [])
    #expect(file.configuration.vlans.map(\.routerID) == [routerID])
  }

  @Test("A VLAN has up to 32 netmaps, and one complaint when it has more")
  func netmaps() {
    func file(_ count: Int) -> ConfigurationFile {
      parse(vlanFile((1..<count).map { "netmap 10.1.\($0).0/24 10.2.\($0).0/24" }.joined(separator: "\n")))
    }
    #expect(file(32).diagnostics == [])
    #expect(file(32).configuration.vlans.map(\.netmaps.count) == [32])
    #expect(
      file(34).diagnostics.map { $0.rendered(file: "conf") } == [
        "conf:43:8: more than 32 netmaps; the kernel runs at most 32 actions in a filter, so join adjacent subnets"
      ])
  }

  @Test("A faulty VLAN leaves the others in force, and is still known by name")
  func faultyVLAN() {
    let file = parse(guideFile.replacing("gateway 172.16.10.1 ", with: "gateway nowhere "))
    #expect(file.interfaces.map(\.description) == ["eth0.10", "eth0.20"])
    #expect(file.configuration.vlans.map(\.interface.description) == ["eth0.20"])
    #expect(file.diagnostics.map(\.interface?.description) == ["eth0.10"])
  }

  @Test("An interface that is declared twice is known once and in force never")
  func repeatedVLAN() {
    let file = parse(guideFile.replacing("eth0.20", with: "eth0.10"))
    #expect(file.interfaces.map(\.description) == ["eth0.10"])
    #expect(file.configuration.vlans == [])
  }

  @Test("Bytes that are no UTF-8 are one error in their line, and the other lines are read")
  func notText() {
    let bytes = Array("node a\nnode ".utf8) + [0xff, 0xfe, 0x0a] + Array("node c\n".utf8)
    let file = ConfigurationFile(parsing: bytes)
    #expect(
      file.diagnostics == [
        Diagnostic(line: 2, column: 6, message: "byte 0xff is not UTF-8; save the file as UTF-8")
      ])
    #expect(file.configuration.nodes.map(\.name) == ["a", "c"])
  }

  @Test("A long word is cut in a message")
  func longWord() {
    let file = parse(String(repeating: "x", count: 1000))
    #expect(
      file.diagnostics.map(\.message) == [
        "unknown word \"\(String(repeating: "x", count: 60))...\"; a file starts with dataplane, disabled, node, "
          + "service or vlan"
      ])
  }

  @Test("4000 VLANs with the same clients are sound")
  func manyVLANs() {
    var text = "node a\nnode b\nservice web\naddress 1.2.3.4\ntcp 80\n"
    for id in 1...4000 {
      let link = "172.\(16 + id / 256).\(id % 256)"
      text += """
        vlan eth0.\(id)
        netmap 10.0.0.0/24 11.\(id / 256).\(id % 256).0/24
        gateway \(link).1
        vip \(link).2/24
        address a \(link).3/24
        address b \(link).4/24

        """
    }
    let file = parse(text)
    #expect(file.diagnostics == [])
    #expect(file.configuration.vlans.map(\.id) == Array(1...4000))
  }

  @Test("disabled before the first stanza is about every VLAN, and in a VLAN about that one")
  func disabled() throws {
    let vlans = """
      node a
      service web
      address 1.2.3.4
      tcp 80
      vlan eth0.10
      netmap 10.0.0.0/24 10.0.10.0/24
      gateway 172.16.10.1
      vip 172.16.10.2/24
      address a 172.16.10.3/24
      vlan eth0.20
      netmap 10.0.0.0/24 10.0.20.0/24
      gateway 172.16.20.1
      vip 172.16.20.2/24
      address a 172.16.20.3/24
      """
    let ten = try #require(InterfaceName("eth0.10"))
    let twenty = try #require(InterfaceName("eth0.20"))
    #expect(parse(vlans).disabled == [])
    #expect(parse("disabled\n" + vlans).disabled == [ten, twenty])
    let file = parse(vlans + "\ndisabled\n")
    #expect(file.disabled == [twenty])
    #expect(file.diagnostics == [])
    #expect(file.configuration.vlans.map(\.interface) == [ten, twenty])
    #expect(
      parse("disabled yes\nnode a\ndisabled\n").diagnostics.map { $0.rendered(file: "conf") } == [
        "conf:1:10: too much from \"yes\" on; the form is: disabled",
        "conf:3:1: option \"disabled\" in node a; it belongs in a vlan",
      ])
  }
}
