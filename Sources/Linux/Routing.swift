// Links, routes and policy routing rules, as the kernel lists them over rtnetlink(7).
import Overlap

/// An interface's name, index and flags.
struct Link {
  var name: InterfaceName
  var index: Int
  /// IFF_ flags of linux/if.h.
  var flags: UInt32

  /// IFF_UP.
  var isUp: Bool { flags & 1 != 0 }
  /// IFF_LOWER_UP.
  var hasCarrier: Bool { flags & 0x10000 != 0 }
}

/// A route as the kernel lists it, whoever made it.
private struct ListedRoute {
  var destination: IPv4Prefix
  var gateway: IPv4Address?
  var interface: InterfaceName?
  var table: UInt32
  var metric: UInt32 = 0
  var isOurs: Bool
}

/// AF_INET in bits/socket.h; netlink headers carry it in one byte.
private let inet: UInt8 = 2

extension NetlinkSocket {
  /// Lists every interface whose name is one that we could have been given.
  mutating func links() throws(SystemError) -> [Link] {
    // RTM_GETLINK 18; struct ifinfomsg is 16 bytes. IFLA_EXT_MASK 29 with RTEXT_FILTER_SKIP_STATS 8 halves the answer.
    var request = NetlinkRequest(type: 18, flags: Flag.dump, header: [UInt8](repeating: 0, count: 16))
    request.append(29, bytes(UInt32(8)))
    return try ask(request).compactMap { answer in
      // IFLA_IFNAME 3.
      guard let name = answer.after(16).attribute(3).flatMap({ InterfaceName($0.text) }) else { return nil }
      return Link(name: name, index: Int(answer.integer(at: 4, as: Int32.self)), flags: answer.integer(at: 8))
    }
  }

  /// Lists every IPv4 address, by interface index, in the kernel's order.
  mutating func addresses() throws(SystemError) -> [Int: [IPv4InterfaceAddress]] {
    // RTM_GETADDR 22; struct ifaddrmsg: family, prefixlen, flags, scope, index. IFA_LOCAL 2.
    var addresses: [Int: [IPv4InterfaceAddress]] = [:]
    for answer in try ask(NetlinkRequest(type: 22, flags: Flag.dump, header: [inet, 0, 0, 0, 0, 0, 0, 0])) {
      guard let local = answer.after(8).attribute(2) else { continue }
      let address = IPv4InterfaceAddress(
        IPv4Address(bits: local.bigEndian()), length: Int(answer.integer(at: 1, as: UInt8.self)))
      addresses[Int(answer.integer(at: 4, as: Int32.self)), default: []].append(address)
    }
    return addresses
  }

  /// Lists the neighbours that were asked for by ARP in vain.
  /// - Parameter names: interface names by index.
  mutating func silentNeighbours(names: [Int: InterfaceName]) throws(SystemError) -> [InterfaceName: Set<IPv4Address>] {
    // RTM_GETNEIGH 30; struct ndmsg: family, 3 bytes of padding, ifindex, state, flags, type. NDA_DST 1; NUD_FAILED 0x20.
    var neighbours: [InterfaceName: Set<IPv4Address>] = [:]
    let header: [UInt8] = [inet] + [UInt8](repeating: 0, count: 11)
    for answer in try ask(NetlinkRequest(type: 30, flags: Flag.dump, header: header)) {
      guard answer.integer(at: 8, as: UInt16.self) & 0x20 != 0, let address = answer.after(12).attribute(1),
        let name = names[Int(answer.integer(at: 4, as: Int32.self))]
      else { continue }
      neighbours[name, default: []].insert(IPv4Address(bits: address.bigEndian()))
    }
    return neighbours
  }

  /// Lists every IPv4 route of our routing protocol, in every table.
  /// - Parameter names: interface names by index.
  mutating func routes(names: [Int: InterfaceName]) throws(SystemError) -> Set<Route> {
    Set(
      try listedRoutes(protocol: Numbers.routingProtocol, names: names).compactMap { route in
        guard route.isOurs, let interface = route.interface else { return nil }
        return Route(
          destination: route.destination, gateway: route.gateway, interface: interface, table: route.table)
      })
  }

  /// Lists every IPv4 route that is not of our routing protocol, in every table.
  /// - Parameter names: interface names by index.
  mutating func foreignRoutes(names: [Int: InterfaceName]) throws(SystemError) -> [HostState.ForeignRoute] {
    try listedRoutes(protocol: 0, names: names).filter { !$0.isOurs }.map { route in
      HostState.ForeignRoute(
        destination: route.destination, gateway: route.gateway, interface: route.interface, table: route.table,
        metric: route.metric)
    }
  }

  /// Lists routes.
  /// - Parameters:
  ///   - number: the routing protocol, which older kernels take for a hint only; 0 for every one.
  ///   - names: interface names by index.
  private mutating func listedRoutes(
    protocol number: UInt8, names: [Int: InterfaceName]
  ) throws(SystemError) -> [ListedRoute] {
    // RTM_GETROUTE 26; struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags.
    let header: [UInt8] = [inet, 0, 0, 0, 0, number, 0, 0, 0, 0, 0, 0]
    return try ask(NetlinkRequest(type: 26, flags: Flag.dump, header: header)).map { answer in
      let length = Int(answer.integer(at: 1, as: UInt8.self))
      var route = ListedRoute(
        destination: IPv4Prefix(IPv4Address(bits: 0), length: length), table: 0,
        isOurs: answer.integer(at: 5, as: UInt8.self) == Numbers.routingProtocol)
      for (type, payload) in answer.after(12).attributes {
        switch type {
        case 1: route.destination = IPv4Prefix(IPv4Address(bits: payload.bigEndian()), length: length)  // RTA_DST
        case 4: route.interface = names[Int(payload.integer(as: Int32.self))]  // RTA_OIF
        case 5: route.gateway = IPv4Address(bits: payload.bigEndian())  // RTA_GATEWAY
        case 6: route.metric = payload.integer()  // RTA_PRIORITY
        case 15: route.table = payload.integer()  // RTA_TABLE
        default: continue
        }
      }
      return route
    }
  }

  /// Lists every IPv4 rule of our routing protocol with one of our preferences.
  mutating func rules() throws(SystemError) -> [Rule] {
    try listedRules().filter(\.isOurs).map(\.rule)
  }

  /// Lists every other IPv4 rule.
  mutating func foreignRules() throws(SystemError) -> [HostState.ForeignRule] {
    try listedRules().filter { !$0.isOurs }.map { HostState.ForeignRule($0.rule, mask: $0.mask) }
  }

  private mutating func listedRules() throws(SystemError) -> [(rule: Rule, mask: UInt32, isOurs: Bool)] {
    // RTM_GETRULE 34; struct fib_rule_hdr: family, dst_len, src_len, tos, table, 2 reserved, action, flags.
    let header: [UInt8] = [inet] + [UInt8](repeating: 0, count: 11)
    return try ask(NetlinkRequest(type: 34, flags: Flag.dump, header: header)).map { answer in
      var rule = Rule(preference: 0, table: 0)
      var mask = UInt32.max
      var isOurs = false
      for (type, payload) in answer.after(12).attributes {
        switch type {
        case 1:  // FRA_DST
          rule.destination = IPv4Prefix(
            IPv4Address(bits: payload.bigEndian()), length: Int(answer.integer(at: 1, as: UInt8.self)))
        case 2:  // FRA_SRC
          rule.source = IPv4Prefix(
            IPv4Address(bits: payload.bigEndian()), length: Int(answer.integer(at: 2, as: UInt8.self)))
        case 6: rule.preference = payload.integer()  // FRA_PRIORITY
        case 10: rule.mark = payload.integer()  // FRA_FWMARK
        case 15: rule.table = payload.integer()  // FRA_TABLE
        case 16: mask = payload.integer()  // FRA_FWMASK
        case 21: isOurs = payload.integer(as: UInt8.self) == Numbers.routingProtocol  // FRA_PROTOCOL
        default: continue
        }
      }
      return (rule, mask, isOurs && Numbers.id(ofRulePreference: rule.preference) != nil)
    }
  }
}
