// One change of the kernel, all or nothing: read, difference, commit, and take back when a step fails.
import Overlap

/// Changes one host's kernel objects.
public struct Transaction<Machine: Host> {
  private let host: Machine
  private let noAct: Bool
  private let report: (Step) -> Void
  /// What is taken for stopped, though it is not, as nothing is done.
  private var stopped: Set<InterfaceName>?

  /// Makes a transaction.
  /// - Parameters:
  ///   - host: whose objects.
  ///   - noAct: whether only to report the steps.
  ///   - report: is told each step before it is performed.
  public init(host: Machine, noAct: Bool = false, report: @escaping (Step) -> Void = { _ in }) {
    self.host = host
    self.noAct = noAct
    self.report = report
  }

  /// Makes the objects of some interfaces what slices say, and removes those of the others among them.
  ///
  /// Many interfaces are changed at once, by one child process for each tool. When that fails, all of it is taken back
  /// and each half is tried by itself, so that in the end only those fail that have to.
  /// - Parameters:
  ///   - slices: what shall be there.
  ///   - scope: the interfaces that the run is about.
  /// - Returns: what failed; empty when all is as it shall be.
  public func apply(_ slices: [Slice], scope: Set<InterfaceName>) -> [Failure] {
    do throws(Failure) {
      let live = try read(slices, scope)
      let problems = Self.problems(slices, scope, live)
      guard problems.isEmpty else {
        let rest = scope.subtracting(problems.compactMap(\.interface))
        return problems + (rest.isEmpty ? [] : apply(slices.filter { rest.contains($0.interface) }, scope: rest))
      }
      try commit(slices, scope, live)
      return []
    } catch {
      // A missing tool or module is the host's fault, and would be each half's.
      guard scope.count > 1, error.interface != nil else { return [error] }
      let names = scope.sorted()
      return [names[..<(names.count / 2)], names[(names.count / 2)...]].map(Set.init).flatMap { half in
        apply(slices.filter { half.contains($0.interface) }, scope: half)
      }
    }
  }

  /// Removes the objects of some interfaces, and then makes what slices say.
  /// - Parameters:
  ///   - slices: what shall be there in the end.
  ///   - scope: the interfaces that are stopped, those of the slices among them.
  /// - Returns: what failed; what could not be stopped is not started either.
  public func restart(_ slices: [Slice], scope: Set<InterfaceName>) -> [Failure] {
    let failures = apply([], scope: scope)
    let failed = failures.map(\.interface)
    let rest = failed.contains(nil) ? [] : slices.filter { !failed.contains($0.interface) }
    guard !rest.isEmpty else { return failures }
    var start = self
    if noAct { start.stopped = scope }
    return failures + start.apply(rest, scope: Set(rest.map(\.interface)))
  }

  private func read(_ slices: [Slice], _ scope: Set<InterfaceName>) throws(Failure) -> LiveState {
    let sysctls = slices.reduce(into: Set<Sysctl>()) { $0.formUnion($1.sysctls.keys) }
    let live = try host.liveState(
      interfaces: scope, sysctls: slices.reduce(into: sysctls) { $0.formUnion($1.sharedSysctls.keys) })
    return stopped.map(live.afterStop) ?? live
  }

  /// What can be told before anything is touched.
  private static func problems(_ slices: [Slice], _ scope: Set<InterfaceName>, _ live: LiveState) -> [Failure] {
    let owners = live.owners
    return slices.compactMap { slice in
      if live.links[slice.interface] == nil {
        return Failure(
          interface: slice.interface, operation: "starting",
          reason: "no such interface; ifup \(slice.interface) makes it")
      }
      if let owner = owners[slice.id], !scope.contains(owner) {
        return Failure(
          interface: slice.interface, operation: "starting",
          reason: "id \(slice.id) is still in use by \(owner); run lvs-overlap stop \(owner)")
      }
      return nil
    }
  }

  private func commit(
    _ slices: [Slice], _ scope: Set<InterfaceName>, _ live: LiveState, afterModprobe: Bool = false
  ) throws(Failure) {
    let steps = Plan(live: live, target: Target(slices: slices, scope: scope, live: live), scope: scope).steps
    guard !noAct else { return steps.forEach(report) }
    if case .run(.modprobe, _)? = steps.first {
      guard !afterModprobe else {
        throw Failure(operation: "modprobe ip_vs", reason: "done, but /proc/sys/net/ipv4/vs is still not there")
      }
      // The module's sysctls are there only then, and what they are must be saved first.
      try host.perform([steps[0]], report: report)
      return try commit(slices, scope, try read(slices, scope), afterModprobe: true)
    }
    do throws(Failure) {
      try host.perform(steps, report: report)
    } catch {
      try takeBack(to: live, scope, because: error)
      throw error
    }
  }

  /// Whatever the failed run did, the way back is the difference from what there is now to what there was.
  private func takeBack(to before: LiveState, _ scope: Set<InterfaceName>, because cause: Failure) throws(Failure) {
    do throws(Failure) {
      let now = try host.liveState(interfaces: scope, sysctls: Set(before.sysctls.keys))
      let steps = Plan(live: now, target: Target(restoring: before, scope: scope), scope: scope).steps
      try host.perform(steps) { _ in }
    } catch {
      throw Failure(
        interface: cause.interface, operation: cause.operation,
        reason: "\(cause.reason); and taking back what was done failed: \(error.operation): \(error.reason)")
    }
  }
}
