// Qdiscs and filters, as the kernel lists them over rtnetlink(7): linux/pkt_sched.h, linux/pkt_cls.h, linux/tc_act/.
import Glibc
import Overlap

extension NetlinkSocket {
  /// struct tcmsg: family, three bytes of padding, ifindex, handle, parent, info.
  private func header(index: Int, parent: UInt32) -> [UInt8] {
    [0, 0, 0, 0] + bytes(Int32(index)) + bytes(UInt32(0)) + bytes(parent) + bytes(UInt32(0))
  }

  /// The qdisc through which an interface's packets arrive.
  /// - Returns: `clsact`, `ingress`, or nil when there is none.
  mutating func ingressQdisc(index: Int) throws(SystemError) -> String? {
    do {
      // RTM_GETQDISC 38; TC_H_CLSACT 0xfffffff1 is where ingress and clsact sit alike, so the kind tells. TCA_KIND 1.
      // The kernel treats the answer as a notification: it comes only with NLM_F_ECHO.
      let request = NetlinkRequest(
        type: 38, flags: Flag.echo, header: header(index: index, parent: 0xffff_fff1))
      return try ask(request).first?.after(20).attribute(1)?.text
    } catch {
      guard error.number == ENOENT || error.number == EINVAL else { throw error }
      return nil
    }
  }

  /// Lists the filters of an interface's clsact qdisc.
  /// - Returns: ours, and those of others.
  mutating func filters(of link: Link) throws(SystemError) -> (ours: [LiveFilter], foreign: [ForeignFilter]) {
    var ours: [LiveFilter] = []
    var foreign: [ForeignFilter] = []
    // TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS) and _EGRESS.
    for (hook, parent) in [(Filter.Hook.ingress, UInt32(0xffff_fff2)), (.egress, 0xffff_fff3)] {
      // RTM_GETTFILTER 46.
      let request = NetlinkRequest(type: 46, flags: Flag.dump, header: header(index: link.index, parent: parent))
      for answer in try ask(request) {
        let handle: UInt32 = answer.integer(at: 8)
        let attributes = answer.after(20)
        let kind = attributes.attribute(1)?.text ?? ""
        // Beside filters, the kernel lists what holds them: a classifier (handle 0), a hash table of u32 (node 0).
        guard handle != 0, !(kind == "u32" && handle & 0xfff == 0) else { continue }
        let preference = UInt16(truncatingIfNeeded: answer.integer(at: 16, as: UInt32.self) >> 16)
        let options = attributes.attribute(2) ?? Payload(bytes: [])  // TCA_OPTIONS
        let (actions, cookie) = FilterReader.actions(options.attribute(kind == "u32" ? 7 : 3))
        guard Numbers.filterPreferences.contains(preference), cookie == Numbers.cookie else {
          // The protocol is in the lower half of tcm_info: ETH_P_ALL 0x0003 and ETH_P_IP 0x0800 of linux/if_ether.h.
          let number: UInt16 = UInt16(truncatingIfNeeded: answer.integer(at: 16, as: UInt32.self)).bigEndian
          foreign.append(
            ForeignFilter(hook: hook, preference: preference, seesIPv4: number == 0x0003 || number == 0x0800))
          continue
        }
        let match = kind == "u32" ? FilterReader.u32(options) : FilterReader.flower(options)
        ours.append(
          LiveFilter(
            filter: Filter(
              interface: link.name, hook: hook, preference: preference, match: match, actions: actions),
            handle: handle))
      }
    }
    return (ours, foreign)
  }
}

/// Reads classifiers' and actions' attributes.
private enum FilterReader {
  /// TCA_FLOWER_ACT, _KEY_ETH_TYPE, _FLAGS, _IN_HW_COUNT: part of every filter, none of them ours to compare.
  static let flowerNoise: Set<UInt16> = [3, 8, 22, 86]

  static func flower(_ options: Payload) -> Filter.Match {
    var number: UInt8?
    var port: UInt16?
    var words: [UInt16: UInt32] = [:]
    for (type, payload) in options.attributes where !flowerNoise.contains(type) {
      switch type {
      case 9: number = payload.integer()  // KEY_IP_PROTO
      case 10...13: words[type] = payload.bigEndian()  // KEY_IPV4_SRC, _SRC_MASK, _DST, _DST_MASK
      case 19, 21: port = payload.bigEndian()  // KEY_TCP_DST, KEY_UDP_DST
      case 36, 38:  // KEY_TCP_DST_MASK, KEY_UDP_DST_MASK
        guard payload.integer(as: UInt16.self) == 0xffff else { return .unknown }
      default: return .unknown
      }
    }
    return .header(
      protocol: number, source: prefix(words[10], words[11]), destination: prefix(words[12], words[13]), port: port)
  }

  static func u32(_ options: Payload) -> Filter.Match {
    // TCA_U32_SEL 5: struct tc_u32_sel is 16 bytes, then keys of mask, value (network order), offset, offset mask.
    guard let selector = options.attribute(5) else { return .unknown }
    var keys: [Int32: (value: UInt32, mask: UInt32)] = [:]
    for index in 0..<Int(selector.integer(at: 2, as: UInt8.self)) {
      let key = selector.after(16 + 16 * index)
      keys[key.integer(at: 8)] = (key.bigEndian(at: 4), key.bigEndian())
    }
    // Offsets of RFC 791: version and length, flags and fragment offset, protocol, addresses; then the ports.
    guard keys.count == 6, let length = keys[0], length == (0x4500_0000, 0xff00_0000),
      let fragment = keys[4], fragment == (0x2000, 0x3fff),
      let number = keys[8], number.mask == 0xff_0000, let transport = Transport(rawValue: UInt8(number.value >> 16)),
      let from = keys[12], let source = prefix(from.value, from.mask),
      let to = keys[16], to.mask == ~0,
      let port = keys[20], port.mask == 0xffff
    else { return .unknown }
    return .firstFragment(
      transport: transport, source: source, destination: IPv4Address(bits: to.value), port: UInt16(port.value))
  }

  static func actions(_ list: Payload?) -> (actions: [Filter.Action], cookie: [UInt8]?) {
    var actions: [Filter.Action] = []
    var cookie: [UInt8]?
    let entries = list?.attributes ?? []
    for (index, entry) in entries.enumerated() {
      let isLast = index == entries.count - 1
      let options = entry.payload.attribute(2)  // TCA_ACT_OPTIONS
      actions.append(action(entry.payload.attribute(1)?.text, options, isLast: isLast))  // TCA_ACT_KIND
      if isLast { cookie = entry.payload.attribute(6).map { Array($0.bytes) } }  // TCA_ACT_COOKIE
    }
    return (actions, cookie)
  }

  private static func action(_ kind: String?, _ options: Payload?, isLast: Bool) -> Filter.Action {
    guard let options else { return .unknown }
    // What follows an action is in its struct tc_gen: TC_ACT_OK 0 lets the packet pass, TC_ACT_PIPE 3 goes on.
    func control(_ generic: Payload?) -> Bool { generic?.integer(at: 8, as: Int32.self) == (isLast ? 0 : 3) }
    switch kind {
    case "skbedit":
      // TCA_SKBEDIT_PARMS 2, TCA_SKBEDIT_MARK 5.
      guard control(options.attribute(2)), let mark = options.attribute(5) else { return .unknown }
      return .mark(mark.integer())
    case "nat":
      // TCA_NAT_PARMS 1: struct tc_gen is 20 bytes, then the old address, the new one, the mask, TCA_NAT_FLAG_EGRESS 1.
      guard let parameters = options.attribute(1), control(parameters),
        let old = prefix(parameters.bigEndian(at: 20), parameters.bigEndian(at: 28))
      else { return .unknown }
      let new = IPv4Address(bits: parameters.bigEndian(at: 24))
      return parameters.integer(at: 32, as: UInt32.self) & 1 == 1
        ? .translateSource(from: old, to: new) : .translateDestination(from: old, to: new)
    default: return .unknown
    }
  }

  /// The prefix that an address and a mask are, if the mask's ones lead.
  private static func prefix(_ address: UInt32?, _ mask: UInt32?) -> IPv4Prefix? {
    guard let address, let mask, ~mask & (~mask &+ 1) == 0 else { return nil }
    return IPv4Prefix(IPv4Address(bits: address), length: mask.nonzeroBitCount)
  }
}
