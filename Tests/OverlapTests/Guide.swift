// The guide's cluster as values: the two VLANs of its diagram, for tests to start from.
import Testing

@testable import Overlap

func address(_ text: String) throws -> IPv4Address { try #require(IPv4Address(text)) }
func prefix(_ text: String) throws -> IPv4Prefix { try #require(IPv4InterfaceAddress(text)).prefix }
func interface(_ text: String) throws -> InterfaceName { try #require(InterfaceName(text)) }

func guideVLAN(_ id: Int, netmaps: [(String, String)]? = nil) throws -> VLAN {
  let own = try #require(IPv4InterfaceAddress("172.16.\(id).3/24"))
  let peer = try #require(IPv4InterfaceAddress("172.16.\(id).4/24"))
  return VLAN(
    interface: try interface("eth0.\(id)"), id: id,
    netmaps: try (netmaps ?? [("10.0.0.0/24", "10.0.\(id).0/24")]).map {
      Netmap(client: try prefix($0), unique: try prefix($1))
    },
    gateway: try address("172.16.\(id).1"), vip: try #require(IPv4InterfaceAddress("172.16.\(id).2/24")),
    addresses: ["lvsa": own, "lvsb": peer])
}

func guideCluster(
  _ dataplane: Dataplane = .stateless, scheduler: String = "mh", tcp: [UInt16] = [80], udp: [UInt16] = []
) throws -> Configuration {
  Configuration(
    dataplane: dataplane, nodes: [Node("lvsa"), Node("lvsb")],
    services: [
      Service(name: "web", addresses: [try address("1.2.3.4")], tcp: tcp, udp: udp, scheduler: scheduler)
    ],
    vlans: [try guideVLAN(10), try guideVLAN(20)])
}

/// The slices of node lvsa.
func slices(_ configuration: Configuration) -> [Slice] {
  configuration.vlans.map { Slice(vlan: $0, node: "lvsa", configuration: configuration) }
}

/// A kernel as it is before anything was started: the VLANs' devices, and what Debian sets.
func untouched(_ slices: [Slice]) -> LiveState {
  var live = LiveState()
  for (position, slice) in slices.enumerated() {
    live.links[slice.interface] = LiveState.Link(index: 3 + position)
    for (sysctl, value) in slice.sysctls.merging(slice.sharedSysctls, uniquingKeysWith: { $1 }) {
      live.sysctls[sysctl] = value == "0" ? "1" : "0"
    }
  }
  return live
}

/// The kernel after slices were started from an untouched one, as it would be read.
func started(_ slices: [Slice], from live: LiveState? = nil) -> LiveState {
  var live = live ?? untouched(slices)
  let scope = Set(slices.map(\.interface))
  let target = Target(slices: slices, scope: scope, live: live)
  live.saved = target.saved
  live.sysctls.merge(target.sysctls) { $1 }
  live.routes.formUnion(target.routes)
  live.rules += target.rules
  for (position, filter) in target.filters.enumerated() {
    live.links[filter.interface]?.hasClsact = true
    let handle = filter.preference == 14310 ? 0x8000_0800 + UInt32(position) : UInt32(1 + position)
    live.filters.append(LiveFilter(filter: filter, handle: handle))
  }
  if !target.elements.isEmpty {
    live.table = LiveState.Table(elements: target.elements.union(live.table?.elements ?? []))
  }
  return live
}

/// The script of what must be done.
func script(_ live: LiveState, _ slices: [Slice], scope: [String]) throws -> String {
  let scope = Set(try scope.map(interface))
  let target = Target(slices: slices, scope: scope, live: live)
  return Plan(live: live, target: target, scope: scope).steps.map(\.script).joined()
}
