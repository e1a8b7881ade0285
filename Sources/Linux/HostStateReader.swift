// A host as others have made it, for check: addresses, neighbours, foreign routes and rules, IPVS, tools, modules, files.
import Glibc
import Overlap

extension LinuxHost {
  /// Looks at this host; changes nothing.
  /// - Parameter inquiry: what to look for.
  public func state(_ inquiry: Inquiry) throws(Failure) -> HostState {
    var state = HostState()
    state.live = try liveState(interfaces: inquiry.interfaces, sysctls: inquiry.sysctls)
    var links: [Link] = []
    var names: [Int: InterfaceName] = [:]
    do throws(SystemError) {
      var route = try NetlinkSocket(.route)
      links = try route.links()
      let addresses = try route.addresses()
      for link in links {
        names[link.index] = link.name
        state.links[link.name] = HostState.Link(
          isUp: link.isUp, hasCarrier: link.hasCarrier, addresses: addresses[link.index] ?? [])
      }
      state.routes = try route.foreignRoutes(names: names)
      state.rules = try route.foreignRules()
    } catch {
      throw Failure(operation: "reading addresses, routes and rules", reason: error.description)
    }
    do throws(SystemError) {
      var netfilter = try NetlinkSocket(.netfilter)
      state.markingChains = try netfilter.markingChains()
      state.forwardDroppingChains = try netfilter.forwardDroppingChains()
    } catch {
      // A kernel without nfnetlink has no chains either.
      if error.number != EPROTONOSUPPORT {
        throw Failure(operation: "reading nftables", reason: error.description)
      }
    }
    do throws(SystemError) {
      var route = try NetlinkSocket(.route)
      var asked: [Int: IPv4Address] = [:]
      for link in links where link.isUp && link.hasCarrier { asked[link.index] = inquiry.neighbours[link.name] }
      state.silentNeighbours = Set(try route.silentNeighbours(among: asked).compactMap { names[$0] })
    } catch {
      throw Failure(operation: "asking for the gateways by ARP", reason: error.description)
    }
    state.vrrpInterfaces =
      Self.text("/proc/net/igmp").map { MulticastGroups.interfaces(of: MulticastGroups.vrrp, in: $0) } ?? []
    state.virtualServices = Self.text("/proc/net/ip_vs").map(VirtualService.listed)
    state.missingTools = inquiry.tools.filter { findTool($0) == nil }
    for module in inquiry.modules where try !hasModule(module) { state.missingModules.append(module) }
    for path in inquiry.files { state.files[path] = Self.text(path) }
    return state
  }

  private static func text(_ path: String) -> String? {
    (try? readWholeFile(path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether a module is loaded, or there to be loaded.
  private func hasModule(_ name: String) throws(Failure) -> Bool {
    if access("/sys/module/\(name)", F_OK) == 0 { return true }
    // modprobe(8) knows those that are part of the kernel as well.
    return try run(Tool.modprobe.rawValue, ["--dry-run", "--quiet", name])?.status == 0
  }
}

/// The SHA-256 digest of some bytes, as sha256sum(1) prints it, so that it can be compared with that.
/// - Parameter bytes: a file's.
/// - Returns: 64 hexadecimal digits.
public func digest(of bytes: [UInt8]) throws(Failure) -> String {
  let result = try run("sha256sum", [], input: bytes)
  guard let result, result.status == 0, result.output.utf8.count > 64 else {
    throw Failure(operation: "running sha256sum", reason: result?.output ?? "not found; apt install coreutils")
  }
  return String(result.output.prefix(64))
}

/// Runs a tool that only tells something.
/// - Returns: nil when there is no such tool.
private func run(_ tool: String, _ arguments: [String], input: [UInt8] = []) throws(Failure) -> ChildResult? {
  guard let path = findTool(tool) else { return nil }
  do throws(SystemError) {
    let folder = try Descriptor.open("/run", O_RDONLY | O_DIRECTORY)
    defer { withExtendedLifetime(folder) {} }
    return try Child(path: path, arguments: arguments, folder: folder.number, lock: nil).finish(input)
  } catch {
    throw Failure(operation: "running \(path)", reason: error.description)
  }
}
