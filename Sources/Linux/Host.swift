// The one way to the kernel and back: reading live state, performing steps. A test puts another host in its place.
import Glibc
import Overlap

/// Something that has kernel objects.
public protocol Host {
  /// Reads what there is.
  /// - Parameters:
  ///   - interfaces: whose qdiscs and filters to read.
  ///   - sysctls: which sysctls to read beside those that were saved.
  func liveState(interfaces: Set<InterfaceName>, sysctls: Set<Sysctl>) throws(Failure) -> LiveState

  /// Performs steps in order, up to the first that fails.
  /// - Parameters:
  ///   - steps: of a plan.
  ///   - report: is told each step before it is performed.
  func perform(_ steps: [Step], report: (Step) -> Void) throws(Failure)
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
        let qdisc = try route.ingressQdisc(index: link.index)
        entry.hasIngress = qdisc == "ingress"
        entry.hasClsact = qdisc == "clsact"
        if entry.hasClsact {
          let filters = try route.filters(of: link)
          state.filters += filters.ours
          entry.foreignFilters = filters.foreign
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

  /// Writes files, sets sysctls, and runs tools, which are all started at the beginning and wait for their turns.
  public func perform(_ steps: [Step], report: (Step) -> Void) throws(Failure) {
    var children: [(tool: Child, path: String)] = []
    for case .run(let tool, let commands) in steps { children.append(try start(tool, commands)) }
    var turns = children.makeIterator()
    for step in steps {
      report(step)
      switch step {
      case .save(let file, let contents): try folder.write(file, contents)
      case .set(let values):
        for (sysctl, value) in values.sorted(by: { $0.key < $1.key }) { try ProcSys.write(sysctl, value) }
      case .run(let tool, let commands):
        if let child = turns.next() { try feed(child.tool, child.path, tool, commands) }
      }
    }
  }

  private func start(_ tool: Tool, _ commands: [Command]) throws(Failure) -> (tool: Child, path: String) {
    guard let path = findTool(tool.rawValue) else {
      throw Failure(
        interface: Self.interface(commands), operation: "running \(tool.rawValue)",
        reason: "not found in \(toolFolders.joined(separator: ", ")); install \(tool.package)")
    }
    do throws(SystemError) {
      return (try Child(path: path, arguments: tool.arguments, folder: folder.folder, lock: folder.lock), path)
    } catch {
      throw Failure(interface: Self.interface(commands), operation: "running \(path)", reason: error.description)
    }
  }

  /// The interface that all commands are for, if it is one.
  private static func interface(_ commands: [Command]) -> InterfaceName? {
    let interfaces = Set(commands.compactMap(\.interface))
    return interfaces.count == 1 ? interfaces.first : nil
  }

  private func feed(_ child: Child, _ path: String, _ tool: Tool, _ commands: [Command]) throws(Failure) {
    let interface = Self.interface(commands)
    let result: ChildResult
    do throws(SystemError) {
      result = try child.finish(Array(commands.map { $0.text + "\n" }.joined().utf8))
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
