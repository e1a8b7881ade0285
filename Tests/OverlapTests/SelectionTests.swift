// Which VLANs a start or restart is about: one is sound, one disabled, one faulty, one not in the file any more.

import Testing

@testable import Overlap

/// The sound one is eth0.10, the disabled one eth0.20, the faulty one eth0.30.
private let file = ConfigurationFile(
  parsing: Array(
    """
    node lvsa
    service web
        address 1.2.3.4
        tcp 80
    vlan eth0.10
        netmap 10.0.0.0/24 10.0.10.0/24
        gateway 172.16.10.1
        vip 172.16.10.2/24
        address lvsa 172.16.10.3/24
    vlan eth0.20
        disabled
        netmap 10.0.0.0/24 10.0.20.0/24
        gateway 172.16.20.1
        vip 172.16.20.2/24
        address lvsa 172.16.20.3/24
    vlan eth0.30
        netmap 10.0.0.0/24 10.0.30.0/24
        gatway 172.16.30.1
        vip 172.16.30.2/24
        address lvsa 172.16.30.3/24

    """.utf8))

private let faultOfThirty = """
  /etc/lvs-overlap.conf:18:5: unknown option "gatway" in vlan eth0.30; did you mean "gateway"?
  """

/// What a call comes down to: the interfaces that are stopped first, those that are started, and what is said.
private func selection(
  _ action: Action, _ names: String..., in file: ConfigurationFile = file, isHook: Bool = false
) throws -> (stopped: [String], started: [String], complaints: [String]) {
  var request = Request(action, names.isEmpty ? .all : .named(try names.map(interface)))
  request.isHook = isHook
  let selection = Selection(request, in: file)
  return (
    selection.stopped.sorted().map(\.description), selection.started.map(\.interface.description), selection.complaints
  )
}

@Suite("A start") struct SelectionOfAStart {
  @Test("of named interfaces says which it cannot start, and why") func named() throws {
    let selection = try selection(.start, "eth0.40", "eth0.30", "eth0.20", "eth0.10")
    #expect(selection.stopped == [])
    #expect(selection.started == ["eth0.10"])
    #expect(
      selection.complaints == [
        "eth0.40: not in /etc/lvs-overlap.conf", "eth0.20: disabled in /etc/lvs-overlap.conf", faultOfThirty,
      ])
  }

  @Test("of all passes over what is disabled") func all() throws {
    let selection = try selection(.start)
    #expect(selection.stopped == [])
    #expect(selection.started == ["eth0.10"])
    #expect(selection.complaints == [faultOfThirty])
  }

  @Test("by the hook says nothing of what is disabled or not in the file", arguments: ["eth0.20", "eth0.40"])
  func hook(name: String) throws {
    let selection = try selection(.start, name, isHook: true)
    #expect(selection.started == [])
    #expect(selection.complaints == [])
  }
}

@Suite("A restart") struct SelectionOfARestart {
  @Test("of a VLAN stops it first") func sound() throws {
    let selection = try selection(.restart, "eth0.10")
    #expect(selection.stopped == ["eth0.10"])
    #expect(selection.started == ["eth0.10"])
    #expect(selection.complaints == [])
  }

  @Test("of a disabled VLAN only stops it, and says so") func disabled() throws {
    let selection = try selection(.restart, "eth0.20")
    #expect(selection.stopped == ["eth0.20"])
    #expect(selection.started == [])
    #expect(selection.complaints == ["eth0.20: disabled in /etc/lvs-overlap.conf"])
  }

  @Test("of what is not in the file any more only stops it, and says so") func unknown() throws {
    let selection = try selection(.restart, "eth0.40", "eth0.10")
    #expect(selection.stopped == ["eth0.10", "eth0.40"])
    #expect(selection.started == ["eth0.10"])
    #expect(selection.complaints == ["eth0.40: not in /etc/lvs-overlap.conf"])
  }

  @Test("of a VLAN with a mistake leaves it up") func faulty() throws {
    let selection = try selection(.restart, "eth0.30")
    #expect(selection.stopped == [])
    #expect(selection.started == [])
    #expect(selection.complaints == [faultOfThirty])
  }

  @Test("of all stops what is disabled as well, and says nothing of it") func all() throws {
    let selection = try selection(.restart)
    #expect(selection.stopped == ["eth0.10", "eth0.20"])
    #expect(selection.started == ["eth0.10"])
    #expect(selection.complaints == [faultOfThirty])
  }

  @Test("by a file with a mistake outside of VLANs touches nothing") func faultyFile() throws {
    let broken = ConfigurationFile(parsing: Array("node -\n".utf8))
    let selection = try selection(.restart, "eth0.10", in: broken)
    #expect(selection.stopped == [])
    #expect(selection.started == [])
    #expect(
      selection.complaints == [
        "eth0.10: not in /etc/lvs-overlap.conf",
        "/etc/lvs-overlap.conf:1:6: \"-\" is not a short host name; write 1 to 63 letters, digits and inner hyphens "
          + "(RFC 1123)",
      ])
  }
}
