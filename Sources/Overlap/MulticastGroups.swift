// Who listens to which multicast group, as the kernel shows it in /proc/net/igmp.

/// Multicast groups.
public enum MulticastGroups {
  /// Where VRRP routers speak to each other (RFC 3768, 5.2.2).
  public static let vrrp = IPv4Address(bits: 0xe000_0012)

  /// Reads the kernel's listing (igmp_mc_seq_show in net/ipv4/igmp.c).
  /// - Parameters:
  ///   - group: a multicast group.
  ///   - text: all of /proc/net/igmp, from a host of the same byte order.
  /// - Returns: the interfaces on which something has joined the group.
  public static func interfaces(of group: IPv4Address, in text: String) -> Set<InterfaceName> {
    var interfaces: Set<InterfaceName> = []
    var interface: InterfaceName?
    for line in text.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }
      if line.first != "\t" {
        // A name of ten characters or more has the colon after it attached.
        interface = words.count > 1 ? InterfaceName(String(words[1].prefix { $0 != ":" })) : nil
      } else if let interface, words.first.flatMap({ UInt32($0, radix: 16) }) == group.bits.bigEndian {
        // The group is in network order, and printed as if it were a number of the host's.
        interfaces.insert(interface)
      }
    }
    return interfaces
  }
}
