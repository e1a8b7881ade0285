// One request carried out: the file, this node's name, the transaction, and what to say of it.
import Glibc
import Linux
import Overlap

/// A request on its way.
struct Run {
  let request: Request

  /// Carries the request out.
  /// - Returns: the exit status.
  func status() -> Int32 {
    do throws(Trouble) {
      switch request.action {
      case .stop: return try stop()
      case .start, .restart: return try start()
      }
    } catch {
      for line in error.lines { complain(line) }
      return error.status
    }
  }

  /// What ends a run before anything was changed.
  private struct Trouble: Error {
    var lines: [String]
    var status: Int32
  }

  private func stop() throws(Trouble) -> Int32 {
    try change { transaction, host throws(Failure) in transaction.apply([], scope: try stopScope(host)) }
  }

  private func start() throws(Trouble) -> Int32 {
    guard let file = try readFile() else {
      if request.isHook { return ExitStatus.done }
      throw Trouble(lines: ["\(request.file): \(SystemError(ENOENT))"], status: ExitStatus.configuration)
    }
    let selection = Selection(request, in: file)
    for complaint in selection.complaints { complain(complaint) }
    let status = selection.complaints.isEmpty ? ExitStatus.done : ExitStatus.configuration
    guard !selection.started.isEmpty || !selection.stopped.isEmpty else { return status }

    let slices = try slices(of: selection.started, file.configuration)
    let changed = try change { transaction, _ in
      request.action == .restart
        ? transaction.restart(slices, scope: selection.stopped)
        : transaction.apply(slices, scope: Set(slices.map(\.interface)))
    }
    return changed == ExitStatus.done ? status : changed
  }

  /// The file's contents, parsed; nil when there is no file.
  private func readFile() throws(Trouble) -> ConfigurationFile? {
    do throws(SystemError) {
      return ConfigurationFile(parsing: try readWholeFile(request.file))
    } catch {
      if error.number == ENOENT { return nil }
      throw Trouble(lines: ["\(request.file): \(error)"], status: ExitStatus.configuration)
    }
  }

  /// What some VLANs of the file need on this node, which is not looked for when there are none.
  private func slices(of vlans: [VLAN], _ configuration: Configuration) throws(Trouble) -> [Slice] {
    guard !vlans.isEmpty else { return [] }
    let node = try nodeName(configuration)
    return vlans.map { Slice(vlan: $0, node: node, configuration: configuration) }
  }

  /// This node's name: as given, or the host's up to the first dot.
  private func nodeName(_ configuration: Configuration) throws(Trouble) -> String {
    let name = request.node ?? shortHostName()
    guard configuration.nodes.contains(name) else {
      let nodes = configuration.nodes.joined(separator: ", ")
      let advice = request.node == nil ? "; add the host's name to the file, or use --node" : ""
      throw Trouble(
        lines: ["\(request.file): \(name) is not a node of the file, which has \(nodes)\(advice)"],
        status: ExitStatus.configuration)
    }
    return name
  }

  private func change(
    _ body: (Transaction<LinuxHost>, LinuxHost) throws(Failure) -> [Failure]
  ) throws(Trouble) -> Int32 {
    do throws(Failure) {
      let host = LinuxHost(folder: try StateFolder(locking: !request.noAct))
      let transaction = Transaction(host: host, noAct: request.noAct) { step in
        if request.noAct || request.verbose { write(step.script, to: STDOUT_FILENO) }
      }
      let failures = try body(transaction, host)
      for failure in failures { complain(failure) }
      return failures.isEmpty ? ExitStatus.done : ExitStatus.failed
    } catch {
      throw Trouble(lines: [error.description], status: ExitStatus.failed)
    }
  }

  /// What stop is about.
  ///
  /// It needs no file, as what is ours is marked. With --all, the file may name interfaces whose filters alone are left.
  private func stopScope(_ host: LinuxHost) throws(Failure) -> Set<InterfaceName> {
    switch request.interfaces {
    case .named(let names): return Set(names)
    case .all:
      let named = (try? readFile())??.interfaces ?? []
      return try host.liveState(interfaces: [], sysctls: []).interfaces.union(named)
    }
  }
}
