// What sysctls were before the first start, so that stop can give them back: the only state outside the kernel.

/// The sysctls that were changed, as they were before.
public struct SavedSysctls: Sendable, Equatable {
  /// What one interface's start changed.
  public struct Interface: Sendable, Equatable {
    /// The interface's index: another one means that the device was made anew and its settings with it.
    public var index: Int
    /// Whether the start made the clsact qdisc, which may be empty when a run was cut short; else it is someone else's.
    public var madeClsact: Bool
    /// The interface's own settings, as they were.
    public var values: [Sysctl: String]
    /// The shared settings that this interface needs.
    public var needs: Set<Sysctl>

    /// Makes a record.
    public init(index: Int, madeClsact: Bool = false, values: [Sysctl: String] = [:], needs: Set<Sysctl> = []) {
      self.index = index
      self.madeClsact = madeClsact
      self.values = values
      self.needs = needs
    }
  }

  /// By interface, for each that was started and not stopped.
  public var interfaces: [InterfaceName: Interface]
  /// The shared settings, as they were before the first interface that needs them.
  public var shared: [Sysctl: String]

  /// Makes a record, empty where nothing is given.
  public init(interfaces: [InterfaceName: Interface] = [:], shared: [Sysctl: String] = [:]) {
    self.interfaces = interfaces
    self.shared = shared
  }

  /// The name of the file that holds the shared settings; no interface can have it.
  public static let sharedFile = "all"

  /// The files that hold the record, by name, with lines `index NUMBER`, `made clsact`, `was PATH VALUE` and
  /// `needs PATH`.
  public var files: [String: String] {
    var files: [String: String] = [:]
    for (name, saved) in interfaces {
      files[name.description] =
        "index \(saved.index)\n" + (saved.madeClsact ? "made clsact\n" : "") + Self.lines(saved.values)
        + saved.needs.sorted().map { "needs \($0)\n" }.joined()
    }
    if !shared.isEmpty { files[Self.sharedFile] = Self.lines(shared) }
    return files
  }

  /// Reads the files back.
  ///
  /// A line that makes no sense is passed over: what it said cannot be known.
  /// - Parameter files: contents by name.
  public init(files: [String: String]) {
    self.init()
    for (name, text) in files {
      var saved = Interface(index: 0)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 2)
        switch (words.first, words.count) {
        case ("index", 2): saved.index = Int(words[1]) ?? 0
        case ("made", 2): saved.madeClsact = words[1] == "clsact"
        case ("was", 3): saved.values[Sysctl(String(words[1]))] = String(words[2])
        case ("needs", 2): saved.needs.insert(Sysctl(String(words[1])))
        default: continue
        }
      }
      if name == Self.sharedFile {
        shared = saved.values
      } else if let interface = InterfaceName(name) {
        interfaces[interface] = saved
      }
    }
  }

  private static func lines(_ values: [Sysctl: String]) -> String {
    values.sorted { $0.key < $1.key }.map { "was \($0.key) \($0.value)\n" }.joined()
  }
}
