// Links, routes and policy routing rules, as the kernel lists them over rtnetlink(7).
import Glibc
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

  /// Has the kernel ask for neighbours by ARP, as it would for a packet to them, and waits until it knows.
  /// - Parameter neighbours: by interface index.
  /// - Returns: the interfaces whose neighbour did not answer.
  mutating func silentNeighbours(among neighbours: [Int: IPv4Address]) throws(SystemError) -> Set<Int> {
    // Someone has said of NUD_PERMANENT 0x80 and NUD_NOARP 0x40 that they are there, and asking would make that undone.
    let known = try neighbourStates(neighbours)
    var pending = neighbours.filter { known[$0.key, default: 0] & 0xc0 == 0 }
    for (index, address) in pending {
      // NUD_NONE 0 with NTF_USE 1 asks for one that is not known; NUD_PROBE 0x10 asks one that is known whether it is still
      // there, and is refused for one that is not.
      try neighbour(index, address, state: 0, flags: 1)
      do throws(SystemError) { try neighbour(index, address, state: 0x10, flags: 0) } catch {
        guard error.number == EINVAL else { throw error }
      }
    }
    // Three times, for a second each, the kernel asks (mcast_solicit, ucast_solicit and retrans_time_ms in ip-sysctl). Where
    // packets are waiting it then asks again at once, so that who has not answered by now is silent as well.
    var silent: Set<Int> = []
    for _ in 0..<80 where !pending.isEmpty {
      let states = try neighbourStates(pending)
      for index in pending.keys {
        // NUD_INCOMPLETE 0x01, NUD_PROBE 0x10; NUD_FAILED 0x20.
        let state = states[index] ?? 0x20
        if state & 0x11 != 0 { continue }
        pending[index] = nil
        if state & 0x20 != 0 { silent.insert(index) }
      }
      if !pending.isEmpty { usleep(50_000) }
    }
    return silent.union(pending.keys)
  }

  private mutating func neighbour(
    _ index: Int, _ address: IPv4Address, state: UInt16, flags: UInt8
  ) throws(SystemError) {
    // RTM_NEWNEIGH 28; struct ndmsg: family, 3 bytes of padding, ifindex, state, flags, type. NLM_F_CREATE 0x400,
    // NLM_F_REPLACE 0x100; NDA_DST 1.
    var request = NetlinkRequest(
      type: 28, flags: 0x500, header: [inet, 0, 0, 0] + bytes(Int32(index)) + bytes(state) + [flags, 0])
    request.append(1, bytes(address.bits.bigEndian))
    _ = try ask(request)
  }

  /// The NUD_ states of linux/neighbour.h.
  private mutating func neighbourStates(_ neighbours: [Int: IPv4Address]) throws(SystemError) -> [Int: UInt16] {
    // RTM_GETNEIGH 30.
    var states: [Int: UInt16] = [:]
    let header: [UInt8] = [inet] + [UInt8](repeating: 0, count: 11)
    for answer in try ask(NetlinkRequest(type: 30, flags: Flag.dump, header: header)) {
      let index = Int(answer.integer(at: 4, as: Int32.self))
      guard let address = answer.after(12).attribute(1), neighbours[index]?.bits == address.bigEndian() else {
        continue
      }
      states[index] = answer.integer(at: 8)
    }
    return states
  }

  /// Lists every IPv4 route of our routing protocol, in every table.
  /// - Parameter names: interface names by index.
  mutating func routes(names: [Int: InterfaceName]) throws(SystemError) -> Set<Route> {
    Set(
      try listedRoutes(protocol: Numbers.routingProtocol, names: names).compactMap { route in
        guard route.isOurs, let interface = route.listed.interface else { return nil }
        return Route(
          destination: route.listed.destination, gateway: route.listed.gateway, interface: interface,
          table: route.listed.table)
      })
  }

  /// Lists every IPv4 route that is not of our routing protocol, in every table.
  /// - Parameter names: interface names by index.
  mutating func foreignRoutes(names: [Int: InterfaceName]) throws(SystemError) -> [HostState.ForeignRoute] {
    try listedRoutes(protocol: 0, names: names).filter { !$0.isOurs }.map(\.listed)
  }

  /// Lists routes.
  /// - Parameters:
  ///   - number: the routing protocol, which older kernels take for a hint only; 0 for every one.
  ///   - names: interface names by index.
  private mutating func listedRoutes(
    protocol number: UInt8, names: [Int: InterfaceName]
  ) throws(SystemError) -> [(listed: HostState.ForeignRoute, isOurs: Bool)] {
    // RTM_GETROUTE 26; struct rtmsg: family, dst_len, src_len, tos, table, protocol, scope, type, flags.
    let header: [UInt8] = [inet, 0, 0, 0, 0, number, 0, 0, 0, 0, 0, 0]
    return try ask(NetlinkRequest(type: 26, flags: Flag.dump, header: header)).map { answer in
      let length = Int(answer.integer(at: 1, as: UInt8.self))
      var route = HostState.ForeignRoute(destination: IPv4Prefix(IPv4Address(bits: 0), length: length), table: 0)
      switch answer.integer(at: 7, as: UInt8.self) {
      case 6, 7, 8: route.kind = .unreachable  // RTN_BLACKHOLE, _UNREACHABLE, _PROHIBIT
      case 9: route.kind = .passedOver  // RTN_THROW
      default: break
      }
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
      return (route, answer.integer(at: 5, as: UInt8.self) == Numbers.routingProtocol)
    }
  }

  /// Lists every IPv4 rule of our routing protocol with one of our preferences.
  mutating func rules() throws(SystemError) -> [Rule] {
    try listedRules().filter(\.isOurs).map(\.listed.rule)
  }

  /// Lists every other IPv4 rule.
  mutating func foreignRules() throws(SystemError) -> [HostState.ForeignRule] {
    try listedRules().filter { !$0.isOurs }.map(\.listed)
  }

  private mutating func listedRules() throws(SystemError) -> [(listed: HostState.ForeignRule, isOurs: Bool)] {
    // RTM_GETRULE 34; struct fib_rule_hdr: family, dst_len, src_len, tos, table, 2 reserved, action, flags.
    let header: [UInt8] = [inet] + [UInt8](repeating: 0, count: 11)
    return try ask(NetlinkRequest(type: 34, flags: Flag.dump, header: header)).map { answer in
      // FIB_RULE_INVERT 2.
      var listed = HostState.ForeignRule(
        Rule(preference: 0, table: 0), isInverted: answer.integer(at: 8, as: UInt32.self) & 2 != 0)
      // A type of service.
      listed.isParticular = answer.integer(at: 3, as: UInt8.self) != 0
      var suppressedLength: Int?
      var isOurs = false
      for (type, payload) in answer.after(12).attributes {
        switch type {
        case 1:  // FRA_DST
          listed.rule.destination = IPv4Prefix(
            IPv4Address(bits: payload.bigEndian()), length: Int(answer.integer(at: 1, as: UInt8.self)))
        case 2:  // FRA_SRC
          listed.rule.source = IPv4Prefix(
            IPv4Address(bits: payload.bigEndian()), length: Int(answer.integer(at: 2, as: UInt8.self)))
        case 6: listed.rule.preference = payload.integer()  // FRA_PRIORITY
        case 10: listed.rule.mark = payload.integer()  // FRA_FWMARK
        case 14:  // FRA_SUPPRESS_PREFIXLEN, -1 if there is none
          let length: Int32 = payload.integer()
          if length >= 0 { suppressedLength = Int(length) }
        case 15: listed.rule.table = payload.integer()  // FRA_TABLE
        case 16: listed.mask = payload.integer()  // FRA_FWMASK
        // FRA_IIFNAME, whose "lo" means this host's own packets, as all replies are.
        case 3: if payload.text != "lo" { listed.isParticular = true }
        // FRA_L3MDEV: only for packets of an interface of a VRF.
        case 19: if payload.integer(as: UInt8.self) != 0 { listed.isParticular = true }
        // FRA_OIFNAME, _UID_RANGE, _IP_PROTO, _SPORT_RANGE, _DPORT_RANGE
        case 17, 20, 22, 23, 24: listed.isParticular = true
        case 21: isOurs = payload.integer(as: UInt8.self) == Numbers.routingProtocol  // FRA_PROTOCOL
        default: continue
        }
      }
      // FR_ACT_TO_TBL 1; FR_ACT_BLACKHOLE 6, _UNREACHABLE 7, _PROHIBIT 8.
      switch answer.integer(at: 7, as: UInt8.self) {
      case 1: listed.action = .lookUp(suppressedLength: suppressedLength)
      case 6, 7, 8: listed.action = .refuse
      default: listed.action = .other
      }
      return (listed, isOurs && Numbers.id(ofRulePreference: listed.rule.preference) != nil)
    }
  }
}
