// Every error that the parser knows, by the smallest change to a sound file that makes it.

import Testing

@testable import Overlap

/// The sound file, by line number.
private let soundFile = """
  dataplane stateless
  node lvsa
  node lvsb
  service web
      address 1.2.3.4
      tcp 80 443
      number 1
  service dns
      address 1.2.3.5
      udp 53
      number 2
  vlan eth0.10
      site "Remote A"
      netmap 10.0.0.0/24 10.0.10.0/24
      gateway 172.16.10.1
      vip 172.16.10.2/24
      address lvsa 172.16.10.3/24
      address lvsb 172.16.10.4/24
      prefer lvsa
      router-id 10
      id 10
  vlan eth0.20
      netmap 10.0.0.0/24 10.0.20.0/24
      gateway 172.16.20.1
      vip 172.16.20.2/24
      address lvsa 172.16.20.3/24
      address lvsb 172.16.20.4/24

  """

/// A change to the sound file, and what is reported then.
struct Mistake: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let old: String
  let new: String
  let errors: String

  /// - Parameters:
  ///   - sentence: what the error shows.
  ///   - old: a text that is once in the sound file.
  ///   - new: what stands there instead.
  ///   - errors: all that is reported, each line begun by what it makes unusable: a VLAN or the file.
  init(_ sentence: String, change old: String, to new: String, reports errors: String) {
    testDescription = sentence
    (self.old, self.new, self.errors) = (old, new, errors)
  }

  /// The changed file.
  var bytes: [UInt8] {
    let parts = soundFile.split(separator: old, omittingEmptySubsequences: false)
    #expect(parts.count == 2, "the text is not once in the sound file")
    return Array(parts.joined(separator: new).utf8)
  }
}

@Suite("Every error is reported where it is, says what would be right, and spoils no more than it must")
struct DiagnosticTests {
  @Test("The sound file has no error")
  func soundFileHasNoError() {
    let file = ConfigurationFile(parsing: Array(soundFile.utf8))
    #expect(file.diagnostics.isEmpty)
    #expect(file.configuration.vlans.map(\.id) == [10, 20])
  }

  @Test("A line starts with a word that is known here and has its values behind it", arguments: wordsMistakes)
  func words(_ mistake: Mistake) { check(mistake) }

  @Test("A file is printable UTF-8 text", arguments: charactersMistakes)
  func characters(_ mistake: Mistake) { check(mistake) }

  @Test("A dataplane suits the nodes, and each node is declared once", arguments: nodesMistakes)
  func nodes(_ mistake: Mistake) { check(mistake) }

  @Test("A service has a number, virtual IPs and ports that no other has", arguments: servicesMistakes)
  func services(_ mistake: Mistake) { check(mistake) }

  @Test("A VLAN has an interface, numbers that no other has, and an address for each node", arguments: vlansMistakes)
  func vlans(_ mistake: Mistake) { check(mistake) }

  @Test("A VLAN has addresses in its prefix, and subnets that tell its clients apart", arguments: addressesMistakes)
  func addresses(_ mistake: Mistake) { check(mistake) }

  private func check(_ mistake: Mistake) {
    let file = ConfigurationFile(parsing: mistake.bytes)
    let lines = file.diagnostics.map { error in
      "\(error.interface.map(\.description) ?? "file") | \(error.rendered(file: "conf"))"
    }
    #expect(lines.joined(separator: "\n") == mistake.errors)
    let spoilt = Set(file.diagnostics.compactMap(\.interface))
    #expect(spoilt.isSubset(of: file.interfaces))
    #expect(spoilt.isDisjoint(with: file.configuration.vlans.map(\.interface)))
  }
}

private let wordsMistakes = [
  Mistake(
    "An unknown option of a VLAN has the nearest one named, and is not missed as well",
    change: "    gateway 172.16.10.1",
    to: "    gatway 172.16.10.1",
    reports: """
      eth0.10 | conf:15:5: unknown option "gatway" in vlan eth0.10; did you mean "gateway"?
      """),
  Mistake(
    "An unknown option with nothing near has all options named",
    change: "    prefer lvsa",
    to: "    colour blue",
    reports: """
      eth0.10 | conf:19:5: unknown option "colour" in vlan eth0.10; its options are site, netmap, gateway, vip, \
      address, prefer, router-id, id, disabled
      """),
  Mistake(
    "An unknown option of a service has the nearest one named",
    change: "    udp 53",
    to: "    upd 53",
    reports: """
      file | conf:10:5: unknown option "upd" in service dns; did you mean "udp"?
      """),
  Mistake(
    "A misspelt stanza is read as the right one",
    change: "vlan eth0.20",
    to: "vlna eth0.20",
    reports: """
      eth0.20 | conf:22:1: unknown option "vlna" in vlan eth0.10; did you mean "vlan"?
      """),
  Mistake(
    "An option in upper case has the right one named",
    change: "    prefer lvsa",
    to: "    PREFER lvsa",
    reports: """
      eth0.10 | conf:19:5: unknown option "PREFER" in vlan eth0.10; did you mean "prefer"?
      """),
  Mistake(
    "An unknown word before the first stanza has the choice named",
    change: "dataplane stateless",
    to: "colour blue",
    reports: """
      file | conf:1:1: unknown word "colour"; a file starts with dataplane, disabled, node, service or vlan
      """),
  Mistake(
    "A misspelt word of the file has the right one named",
    change: "dataplane stateless",
    to: "datapane stateless",
    reports: """
      file | conf:1:1: unknown word "datapane"; did you mean "dataplane"?
      """),
  Mistake(
    "A misspelt second dataplane is the file's error",
    change: "    prefer lvsa",
    to: "    dataplan conntrack",
    reports: """
      file | conf:19:5: unknown option "dataplan" in vlan eth0.10; did you mean "dataplane"?
      """),
  Mistake(
    "An option before the first stanza is sent to its stanzas",
    change: "dataplane stateless",
    to: "address 1.2.3.4",
    reports: """
      file | conf:1:1: option "address" before the first stanza; it belongs in a service or vlan
      """),
  Mistake(
    "An option in the wrong stanza is sent to the right one",
    change: "    prefer lvsa",
    to: "    tcp 80",
    reports: """
      eth0.10 | conf:19:5: option "tcp" in vlan eth0.10; it belongs in a service
      """),
  Mistake(
    "A node has no options",
    change: """
      node lvsb

      """,
    to: """
      node lvsb
          gateway 172.16.10.1

      """,
    reports: """
      file | conf:4:5: option "gateway" in node lvsb; it belongs in a vlan
      """),
  Mistake(
    "A node's unknown option has nothing near",
    change: """
      node lvsb

      """,
    to: """
      node lvsb
          colour blue

      """,
    reports: """
      file | conf:4:5: unknown option "colour" in node lvsb; its options are director, weight
      """),
  Mistake(
    "An option without its value shows its form",
    change: "    gateway 172.16.10.1",
    to: "    gateway",
    reports: """
      eth0.10 | conf:15:5: too little after "gateway"; the form is: gateway ADDRESS
      """),
  Mistake(
    "A netmap with one subnet shows its form",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.0/24",
    reports: """
      eth0.10 | conf:14:5: too little after "netmap"; the form is: netmap CLIENT UNIQUE
      """),
  Mistake(
    "An address for a node without the address is not missed as well",
    change: "    address lvsa 172.16.10.3/24",
    to: "    address lvsa",
    reports: """
      eth0.10 | conf:17:5: too little after "address"; the form is: address NODE ADDRESS/LENGTH
      """),
  Mistake(
    "A label with blanks needs quotes",
    change: """
          site "Remote A"
      """,
    to: "    site Remote A",
    reports: """
      eth0.10 | conf:13:17: too much from "A" on; the form is: site "LABEL"
      """),
  Mistake(
    "A stanza takes one name",
    change: "vlan eth0.20",
    to: "vlan eth0.20 eth0.30",
    reports: """
      eth0.20 | conf:22:14: too much from "eth0.30" on; the form is: vlan IFACE
      """),
  Mistake(
    "A stanza needs a name",
    change: "vlan eth0.20",
    to: "vlan",
    reports: """
      file | conf:22:1: too little after "vlan"; the form is: vlan IFACE
      """),
  Mistake(
    "Nodes are one to a line",
    change: """
      node lvsa
      node lvsb
      """,
    to: "node lvsa lvsb",
    reports: """
      file | conf:2:11: too much from "lvsb" on; the form is: node NAME
      """),
  Mistake(
    "An option is given once",
    change: "    prefer lvsa",
    to: "    gateway 172.16.10.9",
    reports: """
      eth0.10 | conf:19:5: second "gateway"; line 15 has one, and one is enough
      """),
  Mistake(
    "The dataplane is given once",
    change: "    prefer lvsa",
    to: "    dataplane conntrack",
    reports: """
      file | conf:19:5: second "dataplane"; line 1 has one, and one is enough
      """),
]

private let charactersMistakes = [
  Mistake(
    "A quote ends in its line",
    change: """
          site "Remote A"
      """,
    to: """
          site "Remote A
      """,
    reports: """
      eth0.10 | conf:13:10: quote without its end; close it with " in the same line
      """),
  Mistake(
    "A quote begins a word",
    change: """
          site "Remote A"
      """,
    to: """
          site Remote" A"
      """,
    reports: """
      eth0.10 | conf:13:16: quote inside a word; put the quotes around the whole word
      """),
  Mistake(
    "A quote ends a word",
    change: """
          site "Remote A"
      """,
    to: """
          site "Remote A"B
      """,
    reports: """
      eth0.10 | conf:13:20: no blank after a closing quote; put the quotes around the whole word
      """),
  Mistake(
    "A backslash stands at the end of a line",
    change: "    prefer lvsa",
    to: "    prefer \\ lvsa",
    reports: """
      eth0.10 | conf:19:12: stray backslash; it may only be a line's last character, to continue the line
      """),
  Mistake(
    "A control character is named",
    change: "    prefer lvsa",
    to: "    prefer lv\u{7}sa",
    reports: """
      eth0.10 | conf:19:14: control character U+0007; only printable text, blanks and tabs may be in the file
      """),
  Mistake(
    "A zero byte is named",
    change: "    prefer lvsa",
    to: "    prefer \u{0}",
    reports: """
      eth0.10 | conf:19:12: control character U+0000; only printable text, blanks and tabs may be in the file
      """),
  Mistake(
    "A control character of Unicode is named",
    change: """
          site "Remote A"
      """,
    to: """
          site "Remote \u{9b}A"
      """,
    reports: """
      eth0.10 | conf:13:18: control character U+009B; only printable text, blanks and tabs may be in the file
      """),
  Mistake(
    "A control character is not hidden by a comment",
    change: "    prefer lvsa",
    to: "    prefer lvsa # \u{1b}[2J",
    reports: """
      eth0.10 | conf:19:19: control character U+001B; only printable text, blanks and tabs may be in the file
      """),
  Mistake(
    "A carriage return without a line feed is a control character",
    change: "    prefer lvsa",
    to: "    prefer lvsa\u{d}    id 10",
    reports: """
      eth0.10 | conf:19:16: control character U+000D; only printable text, blanks and tabs may be in the file
      """),
  Mistake(
    "A line that cannot be read is not missed as well",
    change: "    gateway 172.16.10.1",
    to: "    gateway 172.16.10.1\u{1}",
    reports: """
      eth0.10 | conf:15:24: control character U+0001; only printable text, blanks and tabs may be in the file
      """),
  Mistake(
    "An unreadable first word spoils the file, since it may have been meant for a stanza",
    change: "    gateway 172.16.10.1",
    to: """
          "gateway 172.16.10.1
      """,
    reports: """
      file | conf:15:5: quote without its end; close it with " in the same line
      """),
  Mistake(
    "Columns count characters, not bytes",
    change: """
          site "Remote A"
      """,
    to: """
          site "Zürich" Ä
      """,
    reports: """
      eth0.10 | conf:13:19: too much from "Ä" on; the form is: site "LABEL"
      """),
]

private let nodesMistakes = [
  Mistake(
    "A dataplane is one of two",
    change: "dataplane stateless",
    to: "dataplane statless",
    reports: """
      file | conf:1:11: unknown dataplane "statless"; did you mean "stateless"?
      """),
  Mistake(
    "A dataplane with no near name has both named",
    change: "dataplane stateless",
    to: "dataplane ebpf",
    reports: """
      file | conf:1:11: unknown dataplane "ebpf"; write stateless or conntrack
      """),
  Mistake(
    "The conntrack dataplane is for two nodes",
    change: """
      dataplane stateless
      node lvsa
      node lvsb
      """,
    to: """
      dataplane conntrack
      node lvsa
      node lvsb
      node lvsc
      """,
    reports: """
      file | conf:1:11: dataplane conntrack with 3 nodes; it needs two, stateless takes any number
      eth0.10 | conf:13:6: vlan eth0.10 has no address for node lvsc; add "address lvsc ADDRESS/LENGTH"
      eth0.20 | conf:23:6: vlan eth0.20 has no address for node lvsc; add "address lvsc ADDRESS/LENGTH"
      """),
  Mistake(
    "A node is a short host name",
    change: "node lvsb",
    to: "node lvsb.example.net",
    reports: """
      file | conf:3:6: "lvsb.example.net" is not a short host name; write 1 to 63 letters, digits and inner hyphens \
      (RFC 1123)
      """),
  Mistake(
    "A host name has no hyphen at its end",
    change: "node lvsb",
    to: "node lvsb-",
    reports: """
      file | conf:3:6: "lvsb-" is not a short host name; write 1 to 63 letters, digits and inner hyphens (RFC 1123)
      """),
  Mistake(
    "A node is declared once",
    change: """
      node lvsb

      """,
    to: """
      node lvsb
      node lvsa

      """,
    reports: """
      file | conf:4:6: second node "lvsa"; line 2 has it already
      """),
  Mistake(
    "Whether a node may be director is said with yes or no",
    change: "node lvsb",
    to: """
      node lvsb
          director never
      """,
    reports: """
      file | conf:4:14: director "never" is neither yes nor no
      """),
  Mistake(
    "A node's weight is what IPVS takes",
    change: "node lvsb",
    to: """
      node lvsb
          weight 65536
      """,
    reports: """
      file | conf:4:12: weight "65536" is not a number from 0 to 65535
      """),
  Mistake(
    "A node's option belongs to a node",
    change: "    gateway 172.16.10.1",
    to: """
          gateway 172.16.10.1
          director no
      """,
    reports: """
      eth0.10 | conf:16:5: option "director" in vlan eth0.10; it belongs in a node
      """),
  Mistake(
    "One node at least may be director",
    change: """
      node lvsa
      node lvsb

      """,
    to: """
      node lvsa
          director no
      node lvsb
          director no

      """,
    reports: """
      file | conf:5:14: no node may be director; one at least must be without "director no"
      eth0.10 | conf:21:12: node lvsa is never director (line 3); prefer another
      """),
  Mistake(
    "One node at least gets requests",
    change: """
      node lvsa
      node lvsb

      """,
    to: """
      node lvsa
          weight 0
      node lvsb
          weight 0

      """,
    reports: """
      file | conf:5:12: every node has weight 0, so none gets a request; give one at least another
      """),
  Mistake(
    "A file with VLANs has nodes",
    change: """
      node lvsa
      node lvsb

      """,
    to: "",
    reports: """
      file | conf:2:9: the file has no node; add "node NAME" for each node, with its short host name
      """),
]

private let servicesMistakes = [
  Mistake(
    "A file with VLANs has a service",
    change: """
      service web
          address 1.2.3.4
          tcp 80 443
          number 1
      service dns
          address 1.2.3.5
          udp 53
          number 2

      """,
    to: "",
    reports: """
      file | conf:4:6: the file has no service; add "service NAME" with its virtual IPs and ports
      """),
  Mistake(
    "A service that cannot be read is not missed as well",
    change: """
      service web
          address 1.2.3.4
          tcp 80 443
          number 1
      service dns
          address 1.2.3.5
          udp 53
          number 2

      """,
    to: """
      "service web

      """,
    reports: """
      file | conf:4:1: quote without its end; close it with " in the same line
      """),
  Mistake(
    "A service has virtual IPs",
    change: """
          address 1.2.3.5

      """,
    to: "",
    reports: """
      file | conf:8:9: service dns has no address; add "address IP...": its virtual IPs
      """),
  Mistake(
    "A service has ports",
    change: """
          udp 53

      """,
    to: "",
    reports: """
      file | conf:8:9: service dns has no port; add "tcp PORT..." or "udp PORT..."
      """),
  Mistake(
    "A service has a name of letters, digits and hyphens",
    change: "service dns",
    to: "service d_ns",
    reports: """
      file | conf:8:9: "d_ns" is not a service's name; write 1 to 63 letters, digits and inner hyphens
      """),
  Mistake(
    "A service is declared once",
    change: "service dns",
    to: "service web",
    reports: """
      file | conf:8:9: second service "web"; line 4 has it already
      """),
  Mistake(
    "Several services need numbers",
    change: """
          number 2

      """,
    to: "",
    reports: """
      file | conf:8:9: service dns has no number; with several services each needs "number N", 1 to 99, for its \
      fwmarks
      """),
  Mistake(
    "Two services have two numbers",
    change: "    number 2",
    to: "    number 1",
    reports: """
      file | conf:11:12: number 1 is taken in line 7; two services would share their fwmarks
      """),
  Mistake(
    "A number is 1 to 99",
    change: "    number 2",
    to: "    number 100",
    reports: """
      file | conf:11:12: number "100" is not a number from 1 to 99: fwmarks are number x 10000 + id
      """),
  Mistake(
    "A virtual IP is an address",
    change: "    address 1.2.3.5",
    to: "    address 1.2.3",
    reports: """
      file | conf:9:13: "1.2.3" is not an IPv4 address; write four numbers from 0 to 255 with dots between
      """),
  Mistake(
    "A virtual IP has no prefix length",
    change: "    address 1.2.3.5",
    to: "    address 1.2.3.5/32",
    reports: """
      file | conf:9:13: "1.2.3.5/32" has a prefix length; write the address alone
      """),
  Mistake(
    "A virtual IP is unicast",
    change: "    address 1.2.3.5",
    to: "    address 224.0.0.18 127.0.0.1 0.0.0.0 255.255.255.255",
    reports: """
      file | conf:9:13: "224.0.0.18" is not unicast: 224.0.0.0/4 is multicast
      file | conf:9:24: "127.0.0.1" is not unicast: 127.0.0.0/8 is loopback
      file | conf:9:34: "0.0.0.0" is not unicast: 0.0.0.0/8 is "this network"
      file | conf:9:42: "255.255.255.255" is not unicast: 240.0.0.0/4 is reserved
      """),
  Mistake(
    "An address has no leading zeros",
    change: "    address 1.2.3.5",
    to: "    address 1.2.3.05",
    reports: """
      file | conf:9:13: "1.2.3.05" has a leading zero, which other programs read as octal; write it without
      """),
  Mistake(
    "A virtual IP is given once",
    change: "    address 1.2.3.5",
    to: "    address 1.2.3.5 1.2.3.5",
    reports: """
      file | conf:9:21: second virtual IP 1.2.3.5; line 9 has it already
      """),
  Mistake(
    "A port is 1 to 65535",
    change: "    tcp 80 443",
    to: "    tcp 0 80 65536 https",
    reports: """
      file | conf:6:9: tcp port "0" is not a number from 1 to 65535
      file | conf:6:14: tcp port "65536" is not a number from 1 to 65535
      file | conf:6:20: tcp port "https" is not a number from 1 to 65535
      """),
  Mistake(
    "A port is given once",
    change: "    tcp 80 443",
    to: "    tcp 80 443 80",
    reports: """
      file | conf:6:16: second tcp port 80; line 6 has it already
      """),
  Mistake(
    "A port of a virtual IP belongs to one service",
    change: """
          address 1.2.3.5
          udp 53
      """,
    to: """
          address 1.2.3.4
          udp 80
          tcp 53 80
      """,
    reports: """
      file | conf:11:12: tcp port 80 of virtual IP 1.2.3.4 is also served by service web (line 4)
      """),
  Mistake(
    "A port of a virtual IP belongs to one service, in UDP too",
    change: """
          address 1.2.3.4
          tcp 80 443
      """,
    to: """
          address 1.2.3.5
          udp 53
      """,
    reports: """
      file | conf:10:9: udp port 53 of virtual IP 1.2.3.5 is also served by service web (line 4)
      """),
  Mistake(
    "A scheduler is one of IPVS's",
    change: "    tcp 80 443",
    to: """
          tcp 80
          scheduler wlcc
      """,
    reports: """
      file | conf:7:15: unknown scheduler "wlcc"; did you mean "wlc"?
      """),
  Mistake(
    "A scheduler with nothing near has all named",
    change: "    tcp 80 443",
    to: """
          tcp 80
          scheduler maglev
      """,
    reports: """
      file | conf:7:15: unknown scheduler "maglev"; IPVS has rr, wrr, lc, wlc, lblc, lblcr, dh, sh, sed, nq, fo, \
      ovf, mh
      """),
  Mistake(
    "A check is one of three",
    change: "    tcp 80 443",
    to: """
          tcp 80
          check htp /
      """,
    reports: """
      file | conf:7:11: unknown check "htp"; did you mean "http"?
      """),
  Mistake(
    "A check with nothing near has the three named",
    change: "    tcp 80 443",
    to: """
          tcp 80
          check ping
      """,
    reports: """
      file | conf:7:11: unknown check "ping"; write tcp, http PATH or none
      """),
  Mistake(
    "An HTTP check has a path",
    change: "    tcp 80 443",
    to: """
          tcp 80
          check http
      """,
    reports: """
      file | conf:7:11: check http has no path; the form is: check http PATH
      """),
  Mistake(
    "An HTTP check has a port to ask",
    change: "    tcp 80 443",
    to: """
          udp 53
          check http /
      """,
    reports: """
      file | conf:7:11: check http asks a TCP port, and service web has none; add "tcp PORT", or write check tcp or \
      check none
      """),
  Mistake(
    "A TCP check has no path",
    change: "    tcp 80 443",
    to: """
          tcp 80
          check tcp /
      """,
    reports: """
      file | conf:7:15: too much from "/" on; the form is: check tcp
      """),
  Mistake(
    "A path begins with a slash",
    change: "    tcp 80 443",
    to: """
          tcp 80
          check http health
      """,
    reports: """
      file | conf:7:16: "health" is not a path to ask for; it begins with / and has %XX for all but letters, digits \
      and / - . _ ~ ? & = + , ; : @ ( ) * '
      """),
  Mistake(
    "A path has nothing that keepalived takes for its own",
    change: "    tcp 80 443",
    to: """
          tcp 80
          check http /a!b
      """,
    reports: """
      file | conf:7:16: "/a!b" is not a path to ask for; it begins with / and has %XX for all but letters, digits \
      and / - . _ ~ ? & = + , ; : @ ( ) * '
      """),
  Mistake(
    "A path is no longer than keepalived can read",
    change: "    tcp 80 443",
    to: """
          tcp 80 443
          check http /\(String(repeating: "a", count: 1000))
      """,
    reports: "file | conf:7:16: path of 1001 bytes; keepalived takes at most 1000"),
]

private let vlansMistakes = [
  Mistake(
    "An interface's name is one that the kernel takes",
    change: "vlan eth0.20",
    to: "vlan eth0/20",
    reports: """
      file | conf:22:6: "eth0/20" is not a VLAN interface's name; write 1 to 15 letters, digits and . _ - @ + (not . \
      .. all default lo, no hyphen first)
      """),
  Mistake(
    "An interface's name has at most 15 characters",
    change: "vlan eth0.20",
    to: "vlan interface-name.20",
    reports: """
      file | conf:22:6: "interface-name.20" is not a VLAN interface's name; write 1 to 15 letters, digits and . _ - \
      @ + (not . .. all default lo, no hyphen first)
      """),
  Mistake(
    "The loopback interface is no VLAN",
    change: "vlan eth0.20",
    to: """
      vlan lo
          id 20
      """,
    reports: """
      file | conf:22:6: "lo" is not a VLAN interface's name; write 1 to 15 letters, digits and . _ - @ + (not . .. \
      all default lo, no hyphen first)
      """),
  Mistake(
    "A VLAN is declared once, and neither declaration counts",
    change: "vlan eth0.20",
    to: "vlan eth0.10",
    reports: """
      eth0.10 | conf:22:6: second vlan "eth0.10"; line 12 has it already
      """),
  Mistake(
    "A VLAN has a netmap",
    change: """
          netmap 10.0.0.0/24 10.0.10.0/24

      """,
    to: "",
    reports: """
      eth0.10 | conf:12:6: vlan eth0.10 has no netmap; add "netmap CLIENT UNIQUE": its client subnet and its unique \
      subnet
      """),
  Mistake(
    "A VLAN has a gateway",
    change: """
          gateway 172.16.10.1

      """,
    to: "",
    reports: """
      eth0.10 | conf:12:6: vlan eth0.10 has no gateway; add "gateway ADDRESS": the router on this VLAN
      """),
  Mistake(
    "A VLAN has a vip",
    change: """
          vip 172.16.10.2/24

      """,
    to: "",
    reports: """
      eth0.10 | conf:12:6: vlan eth0.10 has no vip; add "vip ADDRESS/LENGTH": the VRRP address that the router \
      points the virtual IPs at
      """),
  Mistake(
    "A VLAN has an address for each node",
    change: """
          address lvsb 172.16.10.4/24

      """,
    to: "",
    reports: """
      eth0.10 | conf:12:6: vlan eth0.10 has no address for node lvsb; add "address lvsb ADDRESS/LENGTH"
      """),
  Mistake(
    "A VLAN has one address for each node",
    change: "    address lvsb 172.16.10.4/24",
    to: """
          address lvsb 172.16.10.4/24
          address lvsb 172.16.10.5/24
      """,
    reports: """
      eth0.10 | conf:19:13: second address for node lvsb; line 18 has one, and one is enough
      """),
  Mistake(
    "An address is for a node that is declared, and is not missed as well",
    change: "    address lvsb 172.16.10.4/24",
    to: "    address lvsB 172.16.10.4/24",
    reports: """
      eth0.10 | conf:18:13: unknown node "lvsB"; did you mean "lvsb"?
      """),
  Mistake(
    "An address for a node with no near name has the nodes named",
    change: "    address lvsb 172.16.10.4/24",
    to: "    address router 172.16.10.4/24",
    reports: """
      eth0.10 | conf:18:13: unknown node "router"; the nodes are lvsa, lvsb
      """),
  Mistake(
    "Under conntrack all VLANs prefer one node",
    change: "dataplane stateless",
    to: """
      dataplane conntrack
      vlan eth0.30
          netmap 10.0.0.0/24 10.0.30.0/24
          gateway 172.16.30.1
          vip 172.16.30.2/24
          address lvsa 172.16.30.3/24
          address lvsb 172.16.30.4/24
          prefer lvsb
      """,
    reports: """
      eth0.10 | conf:26:12: prefer lvsa, but vlan eth0.30 (line 8) prefers lvsb; under conntrack one node is director of \
      all VLANs
      """),
  Mistake(
    "The preferred node is declared",
    change: "    prefer lvsa",
    to: "    prefer lvsx1",
    reports: """
      eth0.10 | conf:19:12: unknown node "lvsx1"; the nodes are lvsa, lvsb
      """),
  Mistake(
    "A site's label is not empty",
    change: """
          site "Remote A"
      """,
    to: """
          site ""
      """,
    reports: """
      eth0.10 | conf:13:10: empty site; write a label or leave the option out
      """),
  Mistake(
    "A VLAN whose name ends in no number needs an id",
    change: "vlan eth0.20",
    to: "vlan uplink",
    reports: """
      uplink | conf:22:6: vlan uplink has no id, and its name does not end in a number; add "id N", 1 to 4999
      """),
  Mistake(
    "A VLAN whose name ends in 0 needs an id",
    change: "vlan eth0.20",
    to: "vlan eth0",
    reports: """
      eth0 | conf:22:6: vlan eth0 has no id, and 0 at the end of its name is not 1 to 4999; add "id N"
      """),
  Mistake(
    "An id is 1 to 4999: zero",
    change: "    id 10",
    to: "    id 0",
    reports: """
      eth0.10 | conf:21:8: id "0" is not a number from 1 to 4999: conntrack zone 0 is reserved, and above 4999 rule \
      preferences would meet
      """),
  Mistake(
    "An id is 1 to 4999: five thousand",
    change: "    id 10",
    to: "    id 5000",
    reports: """
      eth0.10 | conf:21:8: id "5000" is not a number from 1 to 4999: conntrack zone 0 is reserved, and above 4999 \
      rule preferences would meet
      """),
  Mistake(
    "An id has no leading zero",
    change: "    id 10",
    to: "    id 010",
    reports: """
      eth0.10 | conf:21:8: id "010" is not a number from 1 to 4999: conntrack zone 0 is reserved, and above 4999 \
      rule preferences would meet
      """),
  Mistake(
    "An id is one VLAN's",
    change: "    id 10",
    to: "    id 20",
    reports: """
      eth0.20 | conf:22:6: id 20 is taken by vlan eth0.10 (line 21); their fwmarks, conntrack zones and rule \
      preferences would be the same
      """),
  Mistake(
    "A router-id is 1 to 255",
    change: "    router-id 10",
    to: "    router-id 256",
    reports: """
      eth0.10 | conf:20:15: router-id "256" is not a number from 1 to 255
      """),
  Mistake(
    "A router-id is one VLAN's",
    change: """
          prefer lvsa
          router-id 10
      """,
    to: """
          prefer lvsa
          router-id 20
      """,
    reports: """
      eth0.20 | conf:22:6: router-id 20 (the default, the id) is taken by vlan eth0.10 (line 20); write another \
      "router-id", 1 to 255
      """),
  Mistake(
    "A router-id is one VLAN's, the default too",
    change: "vlan eth0.20",
    to: """
      vlan eth0.20
          router-id 10
      """,
    reports: """
      eth0.20 | conf:23:15: router-id 10 is taken by vlan eth0.10 (line 20); write another "router-id", 1 to 255
      """),
]

private let addressesMistakes = [
  Mistake(
    "A netmap's subnets have lengths",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.0 10.0.10.0/24",
    reports: """
      eth0.10 | conf:14:12: "10.0.0.0" has no prefix length; write ADDRESS/LENGTH
      """),
  Mistake(
    "A netmap's lengths are 1 to 32",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.0/0 10.0.10.0/33",
    reports: """
      eth0.10 | conf:14:12: "10.0.0.0/0" has a prefix length that is not a number from 1 to 32
      eth0.10 | conf:14:23: "10.0.10.0/33" has a prefix length that is not a number from 1 to 32
      """),
  Mistake(
    "A netmap's lengths have no leading zero",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.0/024 10.0.10.0/24",
    reports: """
      eth0.10 | conf:14:12: "10.0.0.0/024" has a prefix length that is not a number from 1 to 32
      """),
  Mistake(
    "A prefix has no host bits",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.5/24 10.0.10.0/24",
    reports: """
      eth0.10 | conf:14:12: "10.0.0.5/24" has host bits set; write 10.0.0.0/24
      """),
  Mistake(
    "A netmap's subnets are of one length",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.0/24 10.0.10.0/25",
    reports: """
      eth0.10 | conf:14:24: unique subnet 10.0.10.0/25 and client subnet 10.0.0.0/24 have different lengths; netmap \
      needs as many addresses on both sides
      """),
  Mistake(
    "A netmap's subnets are unicast",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 64.0.0.0/2 240.0.0.0/24",
    reports: """
      eth0.10 | conf:14:12: "64.0.0.0/2" is not unicast: 127.0.0.0/8 is loopback
      eth0.10 | conf:14:23: "240.0.0.0/24" is not unicast: 240.0.0.0/4 is reserved
      """),
  Mistake(
    "A gateway is an address",
    change: "    gateway 172.16.10.1",
    to: "    gateway 172.16.10.256",
    reports: """
      eth0.10 | conf:15:13: "172.16.10.256" is not an IPv4 address; write four numbers from 0 to 255 with dots between
      """),
  Mistake(
    "A gateway has no prefix length",
    change: "    gateway 172.16.10.1",
    to: "    gateway 172.16.10.1/24",
    reports: """
      eth0.10 | conf:15:13: "172.16.10.1/24" has a prefix length; write the address alone
      """),
  Mistake(
    "A gateway lies in the vip's prefix",
    change: "    gateway 172.16.10.1",
    to: "    gateway 172.16.11.1",
    reports: """
      eth0.10 | conf:15:13: gateway 172.16.11.1 lies outside the VLAN's prefix 172.16.10.0/24, which is the vip's
      """),
  Mistake(
    "A gateway is a host",
    change: "    gateway 172.16.10.1",
    to: "    gateway 172.16.10.255",
    reports: """
      eth0.10 | conf:15:13: gateway 172.16.10.255 is the broadcast address of its prefix; write one between \
      172.16.10.0 and 172.16.10.255
      """),
  Mistake(
    "A vip has a prefix length",
    change: "    vip 172.16.10.2/24",
    to: "    vip 172.16.10.2",
    reports: """
      eth0.10 | conf:16:9: "172.16.10.2" has no prefix length; write ADDRESS/LENGTH
      """),
  Mistake(
    "A vip's prefix has room for the others",
    change: "    vip 172.16.10.2/24",
    to: "    vip 172.16.10.2/32",
    reports: """
      eth0.10 | conf:16:9: prefix length of vip 172.16.10.2/32 is not 1 to 29; it is the VLAN's, with room for \
      gateway, vip and nodes
      """),
  Mistake(
    "A vip is a host",
    change: "    vip 172.16.10.2/24",
    to: "    vip 172.16.10.0/24",
    reports: """
      eth0.10 | conf:16:9: 172.16.10.0/24 is the network address of its prefix; write one between 172.16.10.0 and \
      172.16.10.255
      """),
  Mistake(
    "A vip that cannot be read is not held against the others",
    change: "    vip 172.16.10.2/24",
    to: "    vip 172.16.10.2/x",
    reports: """
      eth0.10 | conf:16:9: "172.16.10.2/x" has a prefix length that is not a number from 1 to 32
      """),
  Mistake(
    "A node's address lies in the vip's prefix",
    change: "    address lvsb 172.16.10.4/24",
    to: "    address lvsb 172.16.11.4/24",
    reports: """
      eth0.10 | conf:18:18: 172.16.11.4/24 lies outside the VLAN's prefix 172.16.10.0/24, which is the vip's
      """),
  Mistake(
    "A node's address has the vip's prefix length",
    change: "    address lvsb 172.16.10.4/24",
    to: "    address lvsb 172.16.10.4/32",
    reports: """
      eth0.10 | conf:18:18: 172.16.10.4/32 has another prefix length than vip 172.16.10.2/24
      """),
  Mistake(
    "A node's address is a host",
    change: "    address lvsb 172.16.10.4/24",
    to: "    address lvsb 172.16.10.255/24",
    reports: """
      eth0.10 | conf:18:18: 172.16.10.255/24 is the broadcast address of its prefix; write one between 172.16.10.0 \
      and 172.16.10.255
      """),
  Mistake(
    "A gateway is not the vip",
    change: "    gateway 172.16.10.1",
    to: "    gateway 172.16.10.2",
    reports: """
      eth0.10 | conf:16:9: vip is 172.16.10.2, which is also the gateway (line 15)
      """),
  Mistake(
    "A gateway is not a node",
    change: "    gateway 172.16.10.1",
    to: "    gateway 172.16.10.4",
    reports: """
      eth0.10 | conf:18:18: address of node lvsb is 172.16.10.4, which is also the gateway (line 15)
      """),
  Mistake(
    "A vip is not a node's address",
    change: "    vip 172.16.10.2/24",
    to: "    vip 172.16.10.3/24",
    reports: """
      eth0.10 | conf:17:18: address of node lvsa is 172.16.10.3, which is also the vip (line 16)
      """),
  Mistake(
    "Two nodes have two addresses",
    change: "    address lvsb 172.16.10.4/24",
    to: "    address lvsb 172.16.10.3/24",
    reports: """
      eth0.10 | conf:18:18: address of node lvsb is 172.16.10.3, which is also the address of node lvsa (line 17)
      """),
  Mistake(
    "A virtual IP is not a host of a VLAN",
    change: "    address 1.2.3.5",
    to: "    address 1.2.3.5 172.16.20.1",
    reports: """
      eth0.20 | conf:24:13: gateway is 172.16.20.1, which is also a virtual IP of service dns (line 9)
      """),
  Mistake(
    "A client subnet has no virtual IP in it",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 1.2.3.0/24 10.0.10.0/24",
    reports: """
      eth0.10 | conf:14:12: client subnet 1.2.3.0/24 contains virtual IP 1.2.3.4 of service web (line 5)
      """),
  Mistake(
    "A unique subnet has no virtual IP in it",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.4/32 1.2.3.4/32",
    reports: """
      eth0.10 | conf:14:24: unique subnet 1.2.3.4/32 contains virtual IP 1.2.3.4 of service web (line 5)
      """),
  Mistake(
    "A client subnet is apart from its VLAN's prefix",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 172.16.10.0/28 10.0.10.0/28",
    reports: """
      eth0.10 | conf:14:12: client subnet 172.16.10.0/28 overlaps the VLAN's own prefix 172.16.10.0/24, which is the \
      vip's
      """),
  Mistake(
    "A unique subnet is apart from its VLAN's prefix",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.0.0.0/24 172.16.10.0/24",
    reports: """
      eth0.10 | conf:16:9: VLAN prefix 172.16.10.0/24 overlaps unique subnet 172.16.10.0/24 of vlan eth0.10 (line 14)
      """),
  Mistake(
    "A unique subnet is apart from other VLANs' prefixes",
    change: "    netmap 10.0.0.0/24 10.0.20.0/24",
    to: "    netmap 10.0.0.0/24 172.16.10.0/24",
    reports: """
      eth0.20 | conf:23:24: unique subnet 172.16.10.0/24 overlaps VLAN prefix 172.16.10.0/24 of vlan eth0.10 (line 16)
      """),
  Mistake(
    "Two client subnets of a VLAN are apart",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: """
          netmap 10.0.0.0/24 10.0.10.0/24
          netmap 10.0.0.128/25 10.0.11.0/25
      """,
    reports: """
      eth0.10 | conf:15:12: client subnet 10.0.0.128/25 overlaps client subnet 10.0.0.0/24 of the same VLAN (line 14)
      """),
  Mistake(
    "Two unique subnets of a VLAN are apart",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: """
          netmap 10.0.0.0/24 10.0.10.0/24
          netmap 10.1.0.0/25 10.0.10.128/25
      """,
    reports: """
      eth0.10 | conf:15:24: unique subnet 10.0.10.128/25 overlaps unique subnet 10.0.10.0/24 of vlan eth0.10 (line 14)
      """),
  Mistake(
    "Two VLANs' unique subnets are apart",
    change: "    netmap 10.0.0.0/24 10.0.20.0/24",
    to: "    netmap 10.0.0.0/24 10.0.10.0/24",
    reports: """
      eth0.20 | conf:23:24: unique subnet 10.0.10.0/24 overlaps unique subnet 10.0.10.0/24 of vlan eth0.10 (line 14)
      """),
  Mistake(
    "A unique subnet is apart from its own client subnet",
    change: "    netmap 10.0.0.0/24 10.0.10.0/24",
    to: "    netmap 10.1.0.0/24 10.1.0.0/24",
    reports: """
      eth0.10 | conf:14:24: unique subnet 10.1.0.0/24 overlaps client subnet 10.1.0.0/24 of vlan eth0.10 (line 14)
      """),
  Mistake(
    "A unique subnet is apart from other VLANs' client subnets",
    change: "    netmap 10.0.0.0/24 10.0.20.0/24",
    to: "    netmap 10.9.0.0/24 10.0.0.0/24",
    reports: """
      eth0.20 | conf:23:24: unique subnet 10.0.0.0/24 overlaps client subnet 10.0.0.0/24 of vlan eth0.10 (line 14)
      """),
  Mistake(
    "A client subnet is apart from other VLANs' unique subnets",
    change: "    netmap 10.0.0.0/24 10.0.20.0/24",
    to: "    netmap 10.0.0.0/16 10.20.0.0/16",
    reports: """
      eth0.20 | conf:23:12: client subnet 10.0.0.0/16 overlaps unique subnet 10.0.10.0/24 of vlan eth0.10 (line 14)
      """),
  Mistake(
    "Two VLANs' prefixes are apart",
    change: """
          vip 172.16.20.2/24
          address lvsa 172.16.20.3/24
          address lvsb 172.16.20.4/24
      """,
    to: """
          vip 172.16.20.2/16
          address lvsa 172.16.20.3/16
          address lvsb 172.16.20.4/16
      """,
    reports: """
      eth0.20 | conf:25:9: VLAN prefix 172.16.0.0/16 overlaps VLAN prefix 172.16.10.0/24 of vlan eth0.10 (line 16)
      """),
  Mistake(
    "A prefix that its own VLAN contradicts is not held against others",
    change: "    vip 172.16.10.2/24",
    to: "    vip 172.16.10.2/16",
    reports: """
      eth0.10 | conf:17:18: 172.16.10.3/24 has another prefix length than vip 172.16.10.2/16
      eth0.10 | conf:18:18: 172.16.10.4/24 has another prefix length than vip 172.16.10.2/16
      """),
  Mistake(
    "Seven errors are reported in one go",
    change: """
          gateway 172.16.10.1
          vip 172.16.10.2/24
          address lvsa 172.16.10.3/24
          address lvsb 172.16.10.4/24
          prefer lvsa
          router-id 10
          id 10
      """,
    to: """
          gateway 172.16.10
          vip 172.16.10.2/33
          address lvsa 172.16.10.3/240
          address lvsc 172.16.10.4/24
          prefer
          router-id ten
          id 10 20
      """,
    reports: """
      eth0.10 | conf:15:13: "172.16.10" is not an IPv4 address; write four numbers from 0 to 255 with dots between
      eth0.10 | conf:16:9: "172.16.10.2/33" has a prefix length that is not a number from 1 to 32
      eth0.10 | conf:17:18: "172.16.10.3/240" has a prefix length that is not a number from 1 to 32
      eth0.10 | conf:18:13: unknown node "lvsc"; the nodes are lvsa, lvsb
      eth0.10 | conf:19:5: too little after "prefer"; the form is: prefer NODE
      eth0.10 | conf:20:15: router-id "ten" is not a number from 1 to 255
      eth0.10 | conf:21:11: too much from "20" on; the form is: id N
      """),
]
