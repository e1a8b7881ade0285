// All or nothing, and no more than has to fail: transactions on a host that refuses some commands.
import Testing

@testable import Linux
@testable import Overlap

/// A host that performs nothing, remembers everything, and refuses commands that contain a text.
private final class StubbornHost: Host {
  var performed: [Step] = []
  let live: LiveState
  let refused: String

  init(_ live: LiveState, refusing refused: String) {
    self.live = live
    self.refused = refused
  }

  func liveState(interfaces: Set<InterfaceName>, sysctls: Set<Sysctl>) -> LiveState {
    var state = live
    state.links = live.links.filter { interfaces.contains($0.key) }
    return state
  }

  func perform(_ steps: [Step], report: (Step) -> Void) throws(Failure) {
    for step in steps {
      report(step)
      if case .run(let tool, let commands) = step, let command = commands.first(where: { $0.text.contains(refused) }) {
        throw Failure(interface: command.interface, operation: "\(tool) \(command.text)", reason: "refused")
      }
      performed.append(step)
    }
  }
}

private func slice(_ id: Int) throws -> Slice {
  let name = try #require(InterfaceName("eth0.\(id)"))
  let gateway = try #require(IPv4Address("172.16.\(id).1"))
  let unique = try #require(IPv4InterfaceAddress("10.0.\(id).0/24")).prefix
  let route = Route(destination: unique, gateway: gateway, interface: name, table: Numbers.mainTable)
  return Slice(interface: name, id: id, routes: [route])
}

private func links(_ slices: [Slice]) -> LiveState {
  LiveState(links: Dictionary(uniqueKeysWithValues: slices.map { ($0.interface, LiveState.Link(index: $0.id)) }))
}

@Suite("A transaction") struct TransactionTests {
  @Test("of many VLANs runs each tool once") func runsEachToolOnce() throws {
    let slices = try [10, 20, 30].map(slice)
    let host = StubbornHost(links(slices), refusing: "nothing")
    #expect(Transaction(host: host).apply(slices, scope: Set(slices.map(\.interface))) == [])
    var runs: [Tool] = []
    for case .run(let tool, _) in host.performed { runs.append(tool) }
    #expect(runs == [.ip])
  }

  @Test("in which one VLAN fails starts the others") func startsTheOthers() throws {
    let slices = try [10, 20, 30, 40, 50].map(slice)
    let host = StubbornHost(links(slices), refusing: "dev eth0.30")
    let failures = Transaction(host: host).apply(slices, scope: Set(slices.map(\.interface)))
    #expect(
      failures.map(\.description) == [
        "eth0.30: ip route add 10.0.30.0/24 via 172.16.30.1 dev eth0.30 proto 143: refused"
      ])
    var started: [String] = []
    for case .run(.ip, let commands) in host.performed { started += commands.compactMap { $0.interface?.description } }
    #expect(started == ["eth0.10", "eth0.20", "eth0.40", "eth0.50"])
  }

  @Test("that restarts starts again what could be stopped, whatever else could not")
  func startsAgainWhatCouldBeStopped() throws {
    let slices = try [10, 20].map(slice)
    var live = links(slices)
    live.routes = Set(slices[1].routes)
    let host = StubbornHost(live, refusing: "route del")
    let failures = Transaction(host: host).restart(slices, scope: Set(slices.map(\.interface)))
    #expect(
      failures.map(\.description) == [
        "eth0.20: ip route del 10.0.20.0/24 via 172.16.20.1 dev eth0.20 proto 143: refused"
      ])
    var started: [String] = []
    for case .run(.ip, let commands) in host.performed { started += commands.map(\.text) }
    #expect(started == ["route add 10.0.10.0/24 via 172.16.10.1 dev eth0.10 proto 143"])
  }

  @Test("names an interface that does not exist, and starts the others") func namesWhatDoesNotExist() throws {
    let slices = try [10, 20].map(slice)
    let host = StubbornHost(links([slices[0]]), refusing: "nothing")
    let failures = Transaction(host: host).apply(slices, scope: Set(slices.map(\.interface)))
    #expect(failures.map(\.description) == ["eth0.20: starting: no such interface; ifup eth0.20 makes it"])
    #expect(!host.performed.isEmpty)
  }

  @Test("refuses an id that another interface still has, until that one is stopped") func refusesAnIdInUse() throws {
    let ten = try slice(10)
    var live = links([ten])
    let other = try #require(InterfaceName("eth0.99"))
    live.table = .init(elements: [Element(.zone, [.interface(other)], .zone(10))])
    live.rules = [Rule(preference: 15010, table: 10010)]
    let failures = Transaction(host: StubbornHost(live, refusing: "nothing")).apply([ten], scope: [ten.interface])
    #expect(
      failures.map(\.description) == [
        "eth0.10: starting: id 10 is still in use by eth0.99; run lvs-overlap stop eth0.99"
      ])

    let stopping = StubbornHost(live, refusing: "nothing")
    #expect(Transaction(host: stopping).apply([], scope: [other]) == [])
    #expect(
      stopping.performed.map(\.script) == [
        """
        nft -f - <<'END'
        delete table ip lvs-overlap
        END

        """,
        """
        ip -batch - <<'END'
        rule del pref 15010 lookup 10010 protocol 143
        END

        """,
      ])
    let host = StubbornHost(live.afterStop(of: [other]), refusing: "nothing")
    #expect(Transaction(host: host).apply([ten], scope: [ten.interface]) == [])
  }

  @Test("that must not act only tells") func onlyTells() throws {
    let ten = try slice(10)
    let host = StubbornHost(links([ten]), refusing: "nothing")
    var told = ""
    _ = Transaction(host: host, noAct: true) { told += $0.script }.apply([ten], scope: [ten.interface])
    #expect(host.performed.isEmpty)
    #expect(told.contains("route add 10.0.10.0/24 via 172.16.10.1 dev eth0.10 proto 143"))
  }

  @Test("that must not restart tells the stop, and the start that would follow it") func tellsARestart() throws {
    let ten = try slice(10)
    var live = links([ten])
    live.routes = Set(ten.routes)
    live.saved.interfaces[ten.interface] = SavedSysctls.Interface(index: 10)
    let host = StubbornHost(live, refusing: "nothing")
    var told = ""
    let failures = Transaction(host: host, noAct: true) { told += $0.script }.restart([ten], scope: [ten.interface])
    #expect(failures == [])
    #expect(host.performed.isEmpty)
    #expect(
      told == """
        ip -batch - <<'END'
        route del 10.0.10.0/24 via 172.16.10.1 dev eth0.10 proto 143
        END
        # /run/lvs-overlap/eth0.10: removed
        # /run/lvs-overlap/eth0.10: index 10
        ip -batch - <<'END'
        route add 10.0.10.0/24 via 172.16.10.1 dev eth0.10 proto 143
        END

        """)
  }
}
