// IPVS's table as the kernel shows it in /proc/net/ip_vs.

/// A virtual service that IPVS schedules by a fwmark.
public struct VirtualService: Sendable, Equatable {
  /// A real server of it.
  public struct RealServer: Sendable, Equatable {
    /// Its address.
    public var address: IPv4Address
    /// Its weight; with 0 it gets no new connections.
    public var weight: Int
    /// Whether requests are forwarded by direct routing; if not, replies take another way.
    public var isDirect: Bool

    /// Makes a real server.
    public init(_ address: IPv4Address, weight: Int = 1, isDirect: Bool = true) {
      self.address = address
      self.weight = weight
      self.isDirect = isDirect
    }
  }

  /// The scheduler's name.
  public var scheduler: String
  /// Those that requests go to.
  public var realServers: [RealServer]

  /// Makes a virtual service.
  public init(scheduler: String, realServers: [RealServer] = []) {
    self.scheduler = scheduler
    self.realServers = realServers
  }

  /// Reads the kernel's listing (ip_vs_info_seq_show in net/netfilter/ipvs/ip_vs_ctl.c).
  /// - Parameter text: all of /proc/net/ip_vs.
  /// - Returns: the virtual services that have a fwmark, by it.
  public static func listed(in text: String) -> [UInt32: VirtualService] {
    var services: [UInt32: VirtualService] = [:]
    var mark: UInt32?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 3, words[0] == "FWM" {
        mark = UInt32(words[1], radix: 16)
        if let mark { services[mark] = VirtualService(scheduler: String(words[2])) }
      } else if words.count >= 4, words[0] == "->", let mark {
        guard let bits = words[1].split(separator: ":").first.flatMap({ UInt32($0, radix: 16) }),
          let weight = Int(words[3])
        else { continue }
        // "Local" is what the kernel calls a real server that is this host.
        services[mark]?.realServers.append(
          RealServer(IPv4Address(bits: bits), weight: weight, isDirect: ["Route", "Local"].contains(words[2])))
      } else {
        mark = nil
      }
    }
    return services
  }
}
