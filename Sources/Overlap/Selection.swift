// Which VLANs a start or restart is about, by the file.

/// What a request to start or restart comes down to in a file.
public struct Selection: Sendable, Equatable {
  /// The VLANs to start.
  public var started: [VLAN] = []
  /// What a restart stops first: those VLANs, and what the file disables or does not have.
  public var stopped: Set<InterfaceName> = []
  /// Why not all that was asked for is started, one line for each reason; empty for what is passed over in silence.
  public var complaints: [String] = []

  /// Looks a request's interfaces up.
  ///
  /// A mistake in one VLAN's stanza fails that VLAN, which stays as it is; a mistake elsewhere fails all.
  /// - Parameters:
  ///   - request: to start or restart.
  ///   - file: what the request's file says.
  public init(_ request: Request, in file: ConfigurationFile) {
    let asked: [InterfaceName]
    switch request.interfaces {
    case .all: asked = file.interfaces
    case .named(let names): asked = names
    }
    let wanted = Set(file.interfaces).subtracting(file.disabled).intersection(asked)
    if request.isHook && wanted.isEmpty { return }
    if case .named(let names) = request.interfaces {
      complaints = names.filter { !wanted.contains($0) }.map { name in
        "\(name): \(file.disabled.contains(name) ? "disabled" : "not") in \(request.perspective.file)"
      }
    }
    let concerning = file.diagnostics.filter { $0.interface.map(wanted.contains) ?? true }
    complaints += concerning.map { $0.rendered(file: request.perspective.file) }
    let faulty = concerning.map(\.interface)
    guard !faulty.contains(nil) else { return }
    started = file.configuration.vlans.filter { wanted.contains($0.interface) }
    if request.action == .restart { stopped = Set(asked.filter { !faulty.contains($0) }) }
  }
}
