// The text of kernel objects as ip, tc and nft read it, and of a whole plan as a shell reads it.

extension Route {
  /// Where a route is: two routes of one place cannot be there at once.
  struct Place: Hashable {
    var destination: IPv4Prefix
    var table: UInt32
    var interface: InterfaceName
  }

  var place: Place { Place(destination: destination, table: table, interface: interface) }

  /// As ip-route(8) reads it.
  var text: String {
    [
      destination.length == 0 ? "default" : destination.description,
      gateway.map { "via \($0)" },
      "dev \(interface)",
      table == Numbers.mainTable ? nil : "table \(table)",
      "proto \(Numbers.routingProtocol)",
    ].compactMap { $0 }.joined(separator: " ")
  }
}

extension Route: Comparable {
  /// By table, destination, interface.
  public static func < (left: Self, right: Self) -> Bool {
    (left.table, left.destination, left.interface, left.gateway?.bits ?? 0)
      < (right.table, right.destination, right.interface, right.gateway?.bits ?? 0)
  }
}

extension Rule {
  /// As ip-rule(8) reads it.
  var text: String {
    [
      "pref \(preference)",
      source.map { "from \($0)" },
      destination.map { "to \($0)" },
      mark.map { "fwmark \($0)" },
      "lookup \(table)",
      "protocol \(Numbers.routingProtocol)",
    ].compactMap { $0 }.joined(separator: " ")
  }
}

extension Filter {
  /// What makes a filter the same one with other actions.
  struct Identity: Hashable {
    var hook: Hook
    var preference: UInt16
    var match: Match
  }

  var identity: Identity { Identity(hook: hook, preference: preference, match: match) }

  /// The classifier.
  ///
  /// One preference has one classifier only.
  var kind: String { preference == Place.firstFragment ? "u32" : "flower" }

  /// A handle as tc reads it: flower's are numbers; u32's have a table, a bucket and a node (TC_U32_* in
  /// linux/pkt_cls.h).
  func handle(_ handle: UInt32) -> String {
    guard kind == "u32" else { return String(handle) }
    let bucket = handle >> 12 & 0xff
    return "\(String(handle >> 20, radix: 16)):\(bucket == 0 ? "" : String(bucket, radix: 16)):"
      + String(handle & 0xfff, radix: 16)
  }

  /// Where it is, as tc-filter(8) reads it.
  var place: String { "dev \(interface) \(hook.rawValue) protocol ip pref \(preference)" }

  /// What it matches and does, as tc-flower(8), tc-u32(8), tc-skbedit(8) and tc-nat(8) read it.
  ///
  /// `skip_hw`: IPVS is software, so no hardware may take the packet away.
  var text: String {
    var words = " \(kind) skip_hw"
    switch match {
    case .header(let number, let source, let destination, let port):
      if let number {
        words += " ip_proto \(number == 1 ? "icmp" : Transport(rawValue: number)?.name ?? String(number))"
      }
      if let source { words += " src_ip \(source)" }
      if let destination { words += " dst_ip \(destination)" }
      if let port { words += " dst_port \(port)" }
    case .firstFragment(let transport, let source, let destination, let port):
      // A header of five words only (0x45), so that the port is where dport looks for it.
      words += " match u8 0x45 0xff at 0 match ip firstfrag match ip protocol \(transport.rawValue) 0xff"
      words += " match ip src \(source) match ip dst \(destination)/32 match ip dport \(port) 0xffff"
    case .unknown: break
    }
    for (index, action) in actions.enumerated() {
      switch action {
      case .mark(let mark): words += " action skbedit mark \(mark)"
      case .translateSource(let prefix, let address): words += " action nat egress \(prefix) \(address)"
      case .translateDestination(let prefix, let address): words += " action nat ingress \(prefix) \(address)"
      case .unknown: break
      }
      words += index == actions.count - 1 ? " pass cookie \(Self.cookie)" : " pipe"
    }
    return words
  }

  /// The cookie in hexadecimal.
  private static let cookie = Numbers.cookie.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

extension Element {
  /// The key as nft reads it.
  var keyText: String { key.map(\.text).joined(separator: " . ") }

  /// Key and value as nft reads them.
  var text: String { value.map { "\(keyText) : \($0.text)" } ?? keyText }
}

extension Step {
  /// The step as a shell script that does the same, so that an administrator can repeat it by hand.
  public var script: String {
    switch self {
    case .save(let file, let contents?):
      return contents.split(separator: "\n").map { "# \(SavedSysctls.directory)/\(file): \($0)\n" }.joined()
    case .save(let file, nil): return "# \(SavedSysctls.directory)/\(file): removed\n"
    case .set(let values):
      return values.sorted { $0.key < $1.key }.map { "sysctl -q -w \($0.key)=\($0.value)\n" }.joined()
    case .run(let tool, let commands):
      let line = ([tool.rawValue] + tool.arguments).joined(separator: " ")
      return commands.isEmpty
        ? line + "\n" : "\(line) <<'END'\n" + commands.map { $0.text + "\n" }.joined() + "END\n"
    }
  }
}

extension SavedSysctls {
  /// The folder of the files; like all of /run it does not outlive a boot, nor do the settings.
  public static let directory = "/run/lvs-overlap"
}
