// The manual pages, the bash completion, the shipped file and README.md against the tables that the program goes by.
import Glibc
import Testing

@testable import Overlap

/// Reads a text file of the repository.
private func text(_ path: String) throws -> String {
  let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
  let file = try #require(fopen((root + [path[...]]).joined(separator: "/"), "r"), "\(path) cannot be opened")
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
  return String(decoding: bytes, as: UTF8.self)
}

/// A manual page as far as the tests need it: man(7) macros without fonts and breaks.
private struct ManualPage {
  /// What a `.TP` begins.
  struct Item {
    /// The line after `.TP`.
    var tag: String
    /// All that follows, up to the next item, as one line.
    var body = ""
  }

  /// A section or subsection.
  struct Section {
    /// What comes before the first item.
    var text = ""
    /// The items, in order.
    var items: [Item] = []
    /// Its literal blocks, line by line.
    var examples: [[String]] = []
  }

  /// Sections and subsections by title.
  var sections: [String: Section] = [:]

  /// A section that the page must have.
  func section(_ title: String) throws -> Section { try #require(sections[title], "there is no \(title)") }

  init(_ path: String) throws {
    var title = ""
    var section = Section()
    var isTag = false
    var isExample = false
    for line in try text(path).split(separator: "\n", omittingEmptySubsequences: false) {
      let (macro, words) = Self.parts(of: line)
      switch macro {
      case "SH", "SS":
        sections[title] = section
        (title, section) = (words, Section())
      case "TP", "TQ": isTag = true
      case "EX":
        isExample = true
        section.examples.append([])
      case "EE": isExample = false
      case "PP": isTag = false
      case _ where isExample: section.examples[section.examples.count - 1].append(words)
      case _ where isTag:
        section.items.append(Item(tag: words))
        isTag = false
      case _ where section.items.isEmpty: section.text += words + " "
      default: section.items[section.items.count - 1].body += words + " "
      }
    }
    sections[title] = section
  }

  /// Takes a line apart.
  /// - Returns: its macro without the dot, and its text as it is printed; a comment is neither.
  private static func parts(of line: Substring) -> (macro: String?, text: String) {
    guard line.first == "." else { return (nil, printed(line)) }
    let macro = line.dropFirst().prefix { $0 != " " }
    guard macro != "\\\"" else { return (nil, "") }
    let words = arguments(line.dropFirst(1 + macro.count))
    // Of a macro of two fonts, the words are printed without blanks.
    let separator = ["BI", "BR", "IB", "IR", "RB", "RI"].contains(macro) ? "" : " "
    return (String(macro), words.map { printed($0[...]) }.joined(separator: separator))
  }

  /// Cuts a macro's arguments at blanks outside quotes.
  private static func arguments(_ text: Substring) -> [String] {
    var words: [String] = []
    var isOpen = false
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": (isOpen, isQuoted, words) = (true, !isQuoted, isOpen ? words : words + [""])
      case " " where !isQuoted: isOpen = false
      default:
        if !isOpen { words.append("") }
        isOpen = true
        words[words.count - 1].append(character)
      }
    }
    return words
  }

  /// Replaces the escapes that the pages use.
  private static func printed(_ text: Substring) -> String {
    let escapes = [
      ("\\fB", ""), ("\\fI", ""), ("\\fR", ""), ("\\fP", ""), ("\\&", ""), ("\\c", ""), ("\\-", "-"), ("\\(dq", "\""),
      ("\\(ti", "~"), ("\\(en", "-"), ("\\(lq", "\""), ("\\(rq", "\""), ("\\e", "\\"),
    ]
    return escapes.reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
  }
}

extension Invocation.Option {
  /// All that can be typed for it.
  fileprivate var names: [String] { [letter.map { "-\($0)" }, "--\(name)"].compactMap { $0 } }
}

private func page8() throws -> ManualPage { try ManualPage("debian/lvs-overlap.8") }
private func page5() throws -> ManualPage { try ManualPage("debian/lvs-overlap.conf.5") }

private func parse(_ lines: [some StringProtocol]) -> ConfigurationFile {
  ConfigurationFile(parsing: Array(lines.joined(separator: "\n").utf8))
}

@Suite("lvs-overlap(8) says what there is") struct CommandManualTests {
  @Test("Every command is in it, and no other") func commands() throws {
    let section = try page8().section("COMMANDS")
    let documents = Document.allCases.map(\.rawValue).joined(separator: "|")
    #expect(
      section.items.map(\.tag)
        == Action.allCases.map { "\($0.rawValue) IFACE...|--all" } + [
          "\(Invocation.renderCommand) \(documents)", Invocation.checkCommand,
        ])
    for document in Document.allCases {
      #expect(section.items.contains { $0.body.contains(document.path) }, "\(document.rawValue)")
    }
    let synopsis = try page8().section("SYNOPSIS")
    #expect(synopsis.text.contains("lvs-overlap \(Action.allCases.map(\.rawValue).joined(separator: "|")) [OPTION]..."))
  }

  @Test("Every option is in it as the help text has it, and no other") func options() throws {
    let section = try page8().section("OPTIONS")
    let expected = Invocation.options.map { option in
      [option.names.joined(separator: ", "), option.argument].compactMap { $0 }.joined(separator: " ")
    }
    #expect(section.items.map(\.tag) == expected)
    #expect(section.items.allSatisfy { !$0.body.isEmpty })
  }

  @Test("Every exit status of the help text is in it, and no other") func exitStatus() throws {
    let line = try #require(Invocation.helpText.split(separator: "\n").first { $0.hasPrefix("Exit status: ") })
    let known = line.split { !$0.isNumber }.map(String.init)
    #expect(known.count == 4)
    let section = try page8().section("EXIT STATUS")
    #expect(section.items.map(\.tag) == known)
  }

  /// The first word of each line that is rendered for some cluster, but for names and addresses that stand alone.
  private func renderedWords(_ document: Document) throws -> Set<String> {
    var words: Set<String> = []
    for (dataplane, scheduler) in [
      (Dataplane.stateless, "mh"), (.stateless, "sh"), (.stateless, "rr"), (.conntrack, "mh"),
    ] {
      for check in [HealthCheck.tcp, .http(path: "/"), .none] {
        for (tcp, udp) in [([UInt16(80)], []), ([], [UInt16(53)])] {
          var cluster = try guideCluster(dataplane, scheduler: scheduler, tcp: tcp, udp: udp)
          for index in cluster.vlans.indices { cluster.vlans[index].routerID = 10 }
          cluster.vlans[0].prefer = "lvsb"
          cluster.services[0].check = check
          let text = try cluster.rendered(document, node: "lvsa", file: "conf")
          for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let first = line.split(separator: " ").first ?? ""
            if first.first?.isLetter == true, !first.hasPrefix("eth0.") { words.insert(String(first)) }
          }
        }
      }
    }
    return words
  }

  @Test(
    "Every option that is rendered is in it, and no other",
    arguments: [Document.keepalived, .keepalivedDefaults, .interfaces])
  func renderedOptions(document: Document) throws {
    let title = document == .keepalived ? "keepalived.conf" : document.rawValue
    let section = try page8().section(title)
    let documented = Set(section.items.compactMap { $0.tag.split(separator: " ").first.map(String.init) })
    let rendered = try renderedWords(document)
    #expect(documented.sorted() == rendered.sorted())
  }

  @Test("The numbers that mark what is ours are in it") func numbers() throws {
    let section = try page8().section("KERNEL OBJECTS")
    let cluster = try guideCluster()
    let service = try #require(cluster.services.first)
    let numbers = Numbers(id: 10)
    let rows = try #require(section.examples.first).dropFirst()
    #expect(
      rows.compactMap { $0.split(separator: " ").last.map(String.init) }
        == [
          numbers.requestMark(service), numbers.returnMark, UInt32(numbers.zone), numbers.gatewayTable,
          numbers.peerTable, numbers.peerPreference, numbers.gatewayPreference, numbers.returnPreference,
        ].map(String.init))
    let preferences = Numbers.filterPreferences
    #expect(
      section.items.map(\.tag) == [
        "routing protocol \(Numbers.routingProtocol)",
        "filter preferences \(preferences.lowerBound) to \(preferences.upperBound)",
        "nftables table ip \(NftablesTable.name)", SavedSysctls.directory,
      ])
    let cookie = Numbers.cookie.map { String($0, radix: 16) }.joined()
    #expect(section.items.contains { $0.body.contains(cookie) })
  }

  @Test("Every sysctl that a start sets is in it", arguments: Dataplane.allCases)
  func sysctls(dataplane: Dataplane) throws {
    let section = try page8().section("DATAPLANES")
    let item = try #require(section.items.first { $0.tag == dataplane.rawValue })
    for slice in slices(try guideCluster(dataplane)) {
      for (sysctl, value) in slice.sysctls.merging(slice.sharedSysctls, uniquingKeysWith: { $1 }) {
        let path = sysctl.description.replacing("net/ipv4/conf/\(slice.interface)/", with: "")
        #expect(item.body.contains("\(path.replacing("/", with: "."))=\(value)"))
      }
    }
  }
}

@Suite("lvs-overlap.conf(5) says what there is") struct FileManualTests {
  /// The title of the subsection for each kind of stanza.
  private static let titles: [Scope: String] = [
    .file: "Before the first stanza", .node: "In a node", .service: "In a service", .vlan: "In a VLAN",
  ]

  private func body(_ scope: Scope, _ word: String) throws -> String {
    let title = try #require(Self.titles[scope])
    let items = try page5().section(title).items
    return try #require(items.first { $0.tag.split(separator: " ").first == word[...] }).body
  }

  @Test("Every stanza is in it with its form, and no other") func stanzas() throws {
    let section = try page5().section("Anywhere")
    #expect(section.items.map(\.tag) == Grammar.everywhere.map(\.example))
  }

  @Test("Every option is in it with its form, in its stanza, and no other", arguments: Scope.allCases)
  func options(scope: Scope) throws {
    let title = try #require(Self.titles[scope])
    let documented = try page5().sections[title]?.items ?? []
    #expect(documented.map(\.tag).sorted() == Grammar.options(of: scope).map(\.example).sorted())
    #expect(documented.allSatisfy { !$0.body.isEmpty })
  }

  @Test("What may be repeated and what is needed is said", arguments: Scope.allCases)
  func repeats(scope: Scope) throws {
    for rule in Grammar.options(of: scope) {
      let body = try body(scope, rule.word)
      // Every node has its line.
      let repeats = body.lowercased().contains("may be repeated") || body.contains("for every node")
      #expect(repeats == rule.repeats, "\(rule.word)")
      if rule.purpose != nil { #expect(body.contains("Needed"), "\(rule.word)") }
    }
  }

  @Test(
    "Every limit is in it",
    arguments: [
      (Scope.node, "weight", Limits.weight), (.service, "number", Limits.serviceNumber), (.service, "tcp", Limits.port),
      (.service, "udp", Limits.port),
      (.service, "check", 1...Limits.path), (.vlan, "id", Limits.id), (.vlan, "router-id", Limits.routerID),
      (.vlan, "vip", Limits.linkLength),
    ])
  func limits(scope: Scope, word: String, range: ClosedRange<Int>) throws {
    let body = try body(scope, word)
    #expect(body.contains("\(range.lowerBound) to \(range.upperBound)"))
  }

  @Test("The number of netmaps, the schedulers and the addresses that are refused are in it") func lists() throws {
    let netmap = try body(.vlan, "netmap")
    #expect(netmap.contains("up to \(Limits.netmaps) netmaps"))
    let scheduler = try body(.service, "scheduler")
    let words = scheduler.split { !$0.isLetter }
    #expect(Limits.schedulers.filter { !words.contains($0[...]) } == [])
    #expect(scheduler.contains("\(ServiceDraft().scheduler), which is the default"))
    // What is said of values in general follows the three signs of the notation.
    let syntax = try page5().section("SYNTAX").items.last?.body ?? ""
    #expect(Limits.notUnicast.filter { !syntax.contains($0.prefix.description) }.map(\.meaning) == [])
  }

  @Test("Its example is a file without errors") func example() throws {
    let section = try page5().section("EXAMPLES")
    let file = parse(section.examples.flatMap { $0 })
    #expect(file.diagnostics == [])
    #expect(file.configuration.vlans.map(\.id) == [10, 20])
  }
}

@Suite("The bash completion completes what there is") struct CompletionTests {
  /// The words of a variable in single quotes.
  private func words(_ variable: String) throws -> [String] {
    let start = "    local \(variable)='"
    let lines = try text("debian/lvs-overlap.bash-completion").split(separator: "\n")
    let line = try #require(lines.first { $0.hasPrefix(start) && $0.hasSuffix("'") }, "no \(variable)")
    return line.dropFirst(start.count).dropLast().split(separator: " ").map(String.init)
  }

  @Test("Every command, and no other") func commands() throws {
    let commands = try words("commands")
    #expect(commands == Action.allCases.map(\.rawValue) + [Invocation.renderCommand, Invocation.checkCommand])
    let documents = try words("documents")
    #expect(documents == Document.allCases.map(\.rawValue))
  }

  @Test("Every option, and no other") func options() throws {
    let options = try words("options")
    let withArgument = try words("with_argument")
    #expect(options == Invocation.options.flatMap(\.names))
    #expect(withArgument == Invocation.options.filter { $0.argument != nil }.flatMap(\.names))
  }

  @Test("It reads the file that the program reads, and stanzas that there are") func file() throws {
    let script = try text("debian/lvs-overlap.bash-completion")
    #expect(script.contains(" file=\(Perspective.defaultFile) "))
    #expect(script.contains(" \(SavedSysctls.directory)/*;") && script.contains("!= \(SavedSysctls.sharedFile) "))
    let stanzas = script.split(separator: "\n").map { $0.drop { $0 == " " } }.compactMap { line in
      line.hasPrefix("_lvs_overlap_stanzas ") ? line.split(separator: " ").last.map(String.init) : nil
    }
    #expect(!stanzas.isEmpty)
    #expect(stanzas.allSatisfy { word in Grammar.everywhere.contains { $0.opens != nil && $0.word == word } })
  }
}

@Suite("The files that people begin with have no errors") struct ExampleFileTests {
  @Test("The shipped file says nothing") func shipped() throws {
    let lines = try text("etc/lvs-overlap.conf").split(separator: "\n")
    #expect(parse(lines) == ConfigurationFile(configuration: Configuration(), diagnostics: [], interfaces: []))
  }

  @Test("Without its comment signs, the shipped file is a cluster with two VLANs") func uncommented() throws {
    let lines = try text("etc/lvs-overlap.conf").split(separator: "\n", omittingEmptySubsequences: false)
    // Prose has a blank after the sign.
    let file = parse(lines.map { $0.hasPrefix("#") && !$0.hasPrefix("# ") ? $0.dropFirst() : $0 })
    #expect(file.diagnostics == [])
    #expect(file.configuration.vlans.map(\.id) == [10, 20])
    #expect(file.disabled == [])
  }

  /// The file of README.md.
  private func readme() throws -> ConfigurationFile {
    let lines = try text("README.md").split(separator: "\n", omittingEmptySubsequences: false)
    let section = lines.drop { $0 != "## The file" }.dropFirst().prefix { !$0.hasPrefix("## ") }
    return parse(section.filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) })
  }

  @Test("README.md's file is a cluster with two VLANs") func readmeFile() throws {
    let file = try readme()
    #expect(file.diagnostics == [])
    #expect(file.configuration.vlans.map(\.id) == [10, 20])
  }

  @Test("The package's examples are what README.md's file renders to", arguments: ["lvsa", "lvsb"])
  func examples(node: String) throws {
    for (document, name) in [(Document.keepalived, "keepalived.conf"), (.interfaces, "interfaces")] {
      let rendered = try readme().configuration.rendered(document, node: node, file: Perspective.defaultFile)
      let example = try text("debian/examples/\(name).\(node)")
      #expect(example == rendered)
    }
  }
}
