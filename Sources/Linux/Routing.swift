// Links, routes and policy routing rules, as the kernel lists them over rtnetlink(7).
import Overlap

/// An interface's name and index.
struct Link {
  var name: InterfaceName
  var index: Int
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
      return Link(name: name, index: Int(answer.integer(at: 4, as: Int32.self)))
    }
  }

  /// Lists every IPv4 route of our routing protocol, in every table.
  /// - Parameter names: interface names by index.
  mutating func routes(names: [Int: InterfaceName]) throws(SystemError) -> Set<Route> {
    // RTM_GETROUTE 26; struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags.
    let header: [UInt8] = [inet, 0, 0, 0, 0, Numbers.routingProtocol, 0, 0, 0, 0, 0, 0]
    var routes: Set<Route> = []
    for answer in try ask(NetlinkRequest(type: 26, flags: Flag.dump, header: header)) {
      guard answer.integer(at: 5, as: UInt8.self) == Numbers.routingProtocol else { continue }
      var route: (destination: UInt32, gateway: IPv4Address?, interface: InterfaceName?, table: UInt32) = (
        0, nil, nil, 0
      )
      for (type, payload) in answer.after(12).attributes {
        switch type {
        case 1: route.destination = payload.bigEndian()  // RTA_DST
        case 4: route.interface = names[Int(payload.integer(as: Int32.self))]  // RTA_OIF
        case 5: route.gateway = IPv4Address(bits: payload.bigEndian())  // RTA_GATEWAY
        case 15: route.table = payload.integer()  // RTA_TABLE
        default: continue
        }
      }
      guard let interface = route.interface else { continue }
      routes.insert(
        Route(
          destination: IPv4Prefix(
            IPv4Address(bits: route.destination), length: Int(answer.integer(at: 1, as: UInt8.self))),
          gateway: route.gateway, interface: interface, table: route.table))
    }
    return routes
  }

  /// Lists every IPv4 rule of our routing protocol with one of our preferences.
  mutating func rules() throws(SystemError) -> [Rule] {
    // RTM_GETRULE 34; struct fib_rule_hdr: family, dst_len, src_len, tos, table, 2 reserved, action, flags.
    let header: [UInt8] = [inet] + [UInt8](repeating: 0, count: 11)
    var rules: [Rule] = []
    for answer in try ask(NetlinkRequest(type: 34, flags: Flag.dump, header: header)) {
      var rule = Rule(preference: 0, table: 0)
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
        case 21: isOurs = payload.integer(as: UInt8.self) == Numbers.routingProtocol  // FRA_PROTOCOL
        default: continue
        }
      }
      if isOurs && Numbers.id(ofRulePreference: rule.preference) != nil { rules.append(rule) }
    }
    return rules
  }
}
