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
    Trouble.reported { () throws(Trouble) in
      switch request.action {
      case .stop: try stop()
      case .start, .restart: try start()
      }
    }
  }

  private func stop() throws(Trouble) -> Int32 {
    try change { transaction, host throws(Failure) in transaction.apply([], scope: try stopScope(host)) }
  }

  private func start() throws(Trouble) -> Int32 {
    guard let file = try ConfigurationFile(at: request.perspective.file) else {
      if request.isHook { return ExitStatus.done }
      throw Trouble.noFile(request.perspective.file)
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

  /// What some VLANs of the file need on this node, which is not looked for when there are none.
  private func slices(of vlans: [VLAN], _ configuration: Configuration) throws(Trouble) -> [Slice] {
    guard !vlans.isEmpty else { return [] }
    let node = try configuration.node(in: request.perspective)
    return vlans.map { Slice(vlan: $0, node: node.name, configuration: configuration) }
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
      let named = (try? ConfigurationFile(at: request.perspective.file))??.interfaces ?? []
      return try host.liveState(interfaces: [], sysctls: []).interfaces.union(named)
    }
  }
}
