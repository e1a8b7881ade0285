// The kernel objects that a VLAN's slice is made of, as values that can be compared with what the kernel has.

/// TCP or UDP, by protocol number (IANA).
public enum Transport: UInt8, Sendable, Comparable, CaseIterable {
  /// Protocol 6.
  case tcp = 6
  /// Protocol 17.
  case udp = 17

  /// The name that tc, nft and ipvsadm use.
  public var name: String { self == .tcp ? "tcp" : "udp" }

  /// By number.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An IPv4 route through a gateway.
public struct Route: Sendable, Hashable {
  /// Where to; length 0 is the default route.
  public var destination: IPv4Prefix
  /// The next hop; nil only in what someone else changed.
  public var gateway: IPv4Address?
  /// The interface it leaves by.
  public var interface: InterfaceName
  /// The routing table.
  public var table: UInt32

  /// Makes a route.
  public init(destination: IPv4Prefix, gateway: IPv4Address?, interface: InterfaceName, table: UInt32) {
    self.destination = destination
    self.gateway = gateway
    self.interface = interface
    self.table = table
  }
}

/// An IPv4 policy routing rule.
public struct Rule: Sendable, Hashable {
  /// Its place in the order; lower is asked first.
  public var preference: UInt32
  /// The source it applies to, if any.
  public var source: IPv4Prefix?
  /// The destination it applies to, if any.
  public var destination: IPv4Prefix?
  /// The fwmark it applies to, if any.
  public var mark: UInt32?
  /// The routing table that it looks up.
  public var table: UInt32

  /// Makes a rule.
  public init(
    preference: UInt32, source: IPv4Prefix? = nil, destination: IPv4Prefix? = nil, mark: UInt32? = nil, table: UInt32
  ) {
    self.preference = preference
    self.source = source
    self.destination = destination
    self.mark = mark
    self.table = table
  }
}

/// A tc filter on a VLAN's clsact qdisc.
public struct Filter: Sendable, Hashable {
  /// The two hooks of clsact.
  public enum Hook: String, Sendable, Comparable, CaseIterable {
    /// Packets that arrive.
    case ingress
    /// Packets that leave.
    case egress

    /// Ingress first.
    public static func < (left: Self, right: Self) -> Bool { left == .ingress && right == .egress }
  }

  /// Which packets it applies to.
  public enum Match: Sendable, Hashable {
    /// flower: whatever of these is not nil must agree. A fragment has no port, not even the first.
    case header(protocol: UInt8?, source: IPv4Prefix?, destination: IPv4Prefix?, port: UInt16?)
    /// u32: the first fragment of a larger packet, which still carries the ports.
    case firstFragment(transport: Transport, source: IPv4Prefix, destination: IPv4Address, port: UInt16)
    /// Something that lvs-overlap never wrote: its filter is replaced.
    case unknown
  }

  /// What it does to them, one after the other; the last one lets the packet pass.
  public enum Action: Sendable, Hashable {
    /// skbedit: set the fwmark.
    case mark(UInt32)
    /// nat egress: translate the source, and the destination inside an ICMP error.
    case translateSource(from: IPv4Prefix, to: IPv4Address)
    /// nat ingress: translate the destination, and the source inside an ICMP error.
    case translateDestination(from: IPv4Prefix, to: IPv4Address)
    /// Something that lvs-overlap never wrote.
    case unknown
  }

  /// The interface.
  public var interface: InterfaceName
  /// The hook.
  public var hook: Hook
  /// The preference; lower is asked first.
  public var preference: UInt16
  /// Which packets.
  public var match: Match
  /// What is done to them.
  public var actions: [Action]

  /// Makes a filter.
  public init(interface: InterfaceName, hook: Hook, preference: UInt16, match: Match, actions: [Action]) {
    self.interface = interface
    self.hook = hook
    self.preference = preference
    self.match = match
    self.actions = actions
  }
}

/// A sysctl, by its path below /proc/sys, such as `net/ipv4/vs/conntrack`.
public struct Sysctl: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The path below /proc/sys, with slashes between, since interface names carry dots.
  public let description: String

  /// Names a sysctl of the whole network namespace.
  /// - Parameter path: the path below /proc/sys.
  public init(_ path: String) { description = path }

  /// Names one interface's IPv4 setting.
  /// - Parameters:
  ///   - name: the setting, such as `arp_ignore`.
  ///   - interface: the interface.
  public init(_ name: String, of interface: InterfaceName) { description = "net/ipv4/conf/\(interface)/\(name)" }

  /// Whether it is there only while ip_vs is loaded.
  var isIPVS: Bool { description.hasPrefix("net/ipv4/vs/") }

  /// By path.
  public static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}
