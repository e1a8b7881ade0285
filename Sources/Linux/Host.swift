// The one way to the kernel and back: reading live state, performing a step. A test puts another host in its place.
import Glibc
import Overlap

/// Something that has kernel objects.
public protocol Host {
  /// Reads what there is.
  /// - Parameters:
  ///   - interfaces: whose qdiscs and filters to read.
  ///   - sysctls: which sysctls to read beside those that were saved.
  func liveState(interfaces: Set<InterfaceName>, sysctls: Set<Sysctl>) throws(Failure) -> LiveState

  /// Performs one step of a plan.
  func perform(_ step: Step) throws(Failure)
}

/// This machine, in the network namespace that we run in.
public struct LinuxHost: Host {
  private let folder: StateFolder

  /// Makes a host.
  /// - Parameter folder: where sysctls are saved, and the lock is.
  public init(folder: StateFolder) { self.folder = folder }

  /// Reads over netlink, /proc/sys and the state folder.
  public func liveState(interfaces: Set<InterfaceName>, sysctls: Set<Sysctl>) throws(Failure) -> LiveState {
    var state = LiveState()
    state.saved = try folder.saved()
    do throws(SystemError) {
      var route = try NetlinkSocket(.route)
      let links = try route.links()
      var names: [Int: InterfaceName] = [:]
      for link in links {
        names[link.index] = link.name
        guard interfaces.contains(link.name) else { continue }
        var entry = LiveState.Link(index: link.index)
        entry.hasClsact = try route.hasClsact(index: link.index)
        if entry.hasClsact {
          let filters = try route.filters(of: link)
          state.filters += filters.ours
          entry.hasForeignFilters = filters.hasForeign
        }
        state.links[link.name] = entry
      }
      state.routes = try route.routes(names: names)
      state.rules = try route.rules()
    } catch {
      throw Failure(operation: "reading links, filters, routes and rules", reason: error.description)
    }
    do throws(SystemError) {
      var netfilter = try NetlinkSocket(.netfilter)
      state.table = try netfilter.table()
    } catch {
      // A kernel without nfnetlink has no table of ours either.
      if error.number != EPROTONOSUPPORT {
        throw Failure(operation: "reading nftables", reason: error.description)
      }
    }
    let saved = state.saved.interfaces.filter { interfaces.contains($0.key) }.flatMap { $0.value.values.keys }
    for sysctl in sysctls.union(saved).union(state.saved.shared.keys) {
      state.sysctls[sysctl] = ProcSys.read(sysctl)
    }
    return state
  }

  /// Writes a file, sets sysctls, or runs a tool once.
  public func perform(_ step: Step) throws(Failure) {
    switch step {
    case .save(let file, let contents): try folder.write(file, contents)
    case .set(let values):
      for (sysctl, value) in values.sorted(by: { $0.key < $1.key }) { try ProcSys.write(sysctl, value) }
    case .run(let tool, let commands): try run(tool, commands)
    }
  }

  private func run(_ tool: Tool, _ commands: [Command]) throws(Failure) {
    let interfaces = Set(commands.compactMap(\.interface))
    let interface = interfaces.count == 1 ? interfaces.first : nil
    guard let path = findTool(tool.rawValue) else {
      throw Failure(
        interface: interface, operation: "running \(tool.rawValue)",
        reason: "not found in \(toolFolders.joined(separator: ", ")); install \(tool.package)")
    }
    let result: ChildResult
    do throws(SystemError) {
      result = try runChild(
        path: path, arguments: tool.arguments, input: commands.map { $0.text + "\n" }.joined(), folder: folder)
    } catch {
      throw Failure(interface: interface, operation: "running \(path)", reason: error.description)
    }
    guard result.status != 0 else { return }
    let complaint = Complaint(tool: tool, output: result.output, status: result.status)
    let command = complaint.line.flatMap { commands.indices.contains($0 - 1) ? commands[$0 - 1] : nil }
    throw Failure(
      interface: command?.interface ?? interface,
      operation: [tool.rawValue, command?.text].compactMap { $0 }.joined(separator: " "), reason: complaint.reason)
  }
}
