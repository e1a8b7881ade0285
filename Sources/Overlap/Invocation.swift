// What one run was asked to do, by its arguments or, as a hook, by its environment.

/// Which file is read, and as which node.
public struct Perspective: Sendable, Equatable {
  /// The file.
  public var file: String
  /// The name of the node; nil for the short host name.
  public var node: String?

  /// Where the file is unless an option says otherwise.
  public static let defaultFile = "/etc/lvs-overlap.conf"

  /// Makes a perspective, by default this host's.
  public init(file: String = defaultFile, node: String? = nil) {
    self.file = file
    self.node = node
  }
}

/// What a run does.
public enum Action: String, Sendable, CaseIterable {
  /// Apply slices.
  case start
  /// Remove slices.
  case stop
  /// Remove them and apply them again.
  case restart
}

/// A request to change the kernel.
public struct Request: Sendable, Equatable {
  /// The interfaces that a request is about.
  public enum Interfaces: Sendable, Equatable {
    /// Every VLAN of the file; for stop, also all that is left of others.
    case all
    /// These.
    case named([InterfaceName])
  }

  /// What to do.
  public var action: Action
  /// To which interfaces.
  public var interfaces: Interfaces
  /// By which file, and as which node.
  public var perspective = Perspective()
  /// Whether only to print what would be done.
  public var noAct = false
  /// Whether to print what is done.
  public var verbose = false
  /// Whether ifupdown asks: then an interface that is not in the file is no mistake.
  public var isHook = false

  /// Makes a request with the default options.
  public init(_ action: Action, _ interfaces: Interfaces) {
    self.action = action
    self.interfaces = interfaces
  }
}

/// What the arguments and the environment come down to.
public enum Invocation: Sendable, Equatable {
  /// Print how to call it.
  case help
  /// Print the version.
  case version
  /// Nothing to do with us.
  case notConcerned
  /// Change the kernel.
  case change(Request)
  /// Print another program's file.
  case render(Document, Perspective)
  /// Look for what keeps the host from working.
  case check(Perspective)
  /// The call makes no sense: exit status 64 (EX_USAGE in sysexits.h).
  case usage(String)

  /// An option: its names, and what people read about it.
  public struct Option: Sendable {
    /// One letter.
    public var letter: Character?
    /// The long name.
    public var name: String
    /// The name of its argument, if it takes one.
    public var argument: String?
    /// One line for people.
    public var summary: String
  }

  /// Every option.
  public static let options = [
    Option(letter: "a", name: "all", summary: "every VLAN of the file; with stop, also all that is left of others"),
    Option(letter: "c", name: "config", argument: "FILE", summary: "read FILE instead of \(Perspective.defaultFile)"),
    Option(letter: nil, name: "node", argument: "NAME", summary: "be this node, whatever the host's name is"),
    Option(letter: "n", name: "no-act", summary: "print what would be done, as a script, and do nothing"),
    Option(letter: "v", name: "verbose", summary: "print what is done"),
    Option(letter: "h", name: "help", summary: "print this"),
    Option(letter: nil, name: "version", summary: "print the version"),
  ]

  /// The command that prints other programs' files.
  public static let renderCommand = "render"
  /// The command that looks for what keeps the host from working.
  public static let checkCommand = "check"

  private static let documents = Document.allCases.map(\.rawValue).joined(separator: "|")

  /// How to call it.
  public static var helpText: String {
    let rows = options.map { option in
      let names = [option.letter.map { "-\($0)" }, "--\(option.name)"].compactMap { $0 }.joined(separator: ", ")
      let left = "  " + [names, option.argument].compactMap { $0 }.joined(separator: " ")
      return left + String(repeating: " ", count: max(2, 24 - left.count)) + option.summary
    }
    return """
      Usage: lvs-overlap start|stop|restart [OPTION]... IFACE...|--all
             lvs-overlap render [OPTION]... \(Self.documents)
             lvs-overlap check [OPTION]...
             IFACE=... MODE=start|stop lvs-overlap     (as ifupdown calls it)

      \(rows.joined(separator: "\n"))

      Exit status: 0 done or not concerned, 1 failed, 64 usage, 78 configuration.
      """
  }

  /// Reads a call.
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - environment: looks up one variable.
  public init(arguments: [String], environment: (String) -> String?) {
    if arguments.isEmpty, let interface = environment("IFACE"), let mode = environment("MODE") {
      self = Self.hook(interface: interface, mode: mode, verbosity: environment("VERBOSITY"))
      return
    }
    do throws(Misuse) {
      self = try Self.command(arguments)
    } catch {
      self = .usage(error.message)
    }
  }

  private struct Misuse: Error {
    var message: String
  }

  /// ifupdown's call: interfaces(5) names what it sets, and a name that is none of ours is not our concern.
  private static func hook(interface: String, mode: String, verbosity: String?) -> Invocation {
    guard interface != "lo", let name = InterfaceName(interface), let action = Action(rawValue: mode),
      action != .restart
    else { return .notConcerned }
    var request = Request(action, .named([name]))
    request.isHook = true
    request.verbose = verbosity == "1"
    return .change(request)
  }

  private static func command(_ arguments: [String]) throws(Misuse) -> Invocation {
    var rest = arguments[...]
    var words: [String] = []
    var given: [String: String] = [:]
    var onlyWords = false
    while let argument = rest.popFirst() {
      if onlyWords || !argument.hasPrefix("-") || argument == "-" {
        words.append(argument)
      } else if argument == "--" {
        onlyWords = true
      } else if argument.hasPrefix("--") {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let option = options.first(where: { $0.name == parts[0] }) else {
          throw Misuse(message: "unknown option \(argument)")
        }
        if parts.count == 2 {
          guard option.argument != nil else { throw Misuse(message: "--\(option.name) takes no argument") }
          given[option.name] = String(parts[1])
        } else {
          given[option.name] = try Self.argument(of: option, from: &rest)
        }
      } else {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
          guard let option = options.first(where: { $0.letter == letter }) else {
            throw Misuse(message: "unknown option -\(letter)")
          }
          if option.argument != nil && !letters.isEmpty {
            given[option.name] = String(letters)
            letters = ""
          } else {
            given[option.name] = try Self.argument(of: option, from: &rest)
          }
        }
      }
    }
    if given["help"] != nil { return .help }
    if given["version"] != nil { return .version }

    guard let word = words.first else { throw Misuse(message: "no command, and no IFACE and MODE in the environment") }
    let perspective = Perspective(file: given["config"] ?? Perspective.defaultFile, node: given["node"])
    if [renderCommand, checkCommand].contains(word) {
      let known = ["config", "node"]
      if let stranger = options.map(\.name).first(where: { given[$0] != nil && !known.contains($0) }) {
        throw Misuse(message: "\(word) goes without --\(stranger)")
      }
      if word == checkCommand {
        guard words.count == 1 else { throw Misuse(message: "\(word) takes no arguments") }
        return .check(perspective)
      }
      guard words.count == 2, let document = Document(rawValue: words[1]) else {
        throw Misuse(message: "\(word) needs one of \(documents)")
      }
      return .render(document, perspective)
    }
    guard let action = Action(rawValue: word) else { throw Misuse(message: "unknown command \(word)") }
    var names: [InterfaceName] = []
    for word in words.dropFirst() {
      guard let name = InterfaceName(word) else { throw Misuse(message: "\(word) cannot be an interface's name") }
      if !names.contains(name) { names.append(name) }
    }
    guard names.isEmpty == (given["all"] != nil) else {
      throw Misuse(message: names.isEmpty ? "\(word) needs an interface, or --all" : "--all goes without interfaces")
    }
    var request = Request(action, names.isEmpty ? .all : .named(names))
    request.perspective = perspective
    request.noAct = given["no-act"] != nil
    request.verbose = given["verbose"] != nil
    return .change(request)
  }

  private static func argument(of option: Option, from rest: inout ArraySlice<String>) throws(Misuse) -> String {
    guard let name = option.argument else { return "" }
    guard let argument = rest.popFirst() else { throw Misuse(message: "--\(option.name) needs \(name)") }
    return argument
  }
}
