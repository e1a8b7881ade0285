// Lines into stanzas: which rule a line follows, and what is wrong with its first word or with the number of its words.

/// Reads one file; what it found out is in its properties.
struct Parser: Sendable {
  /// The text, whose lines are found as they are read.
  var source: Source
  /// The errors found so far, in no order.
  var faults: [Fault] = []

  /// The dataplane, if the file gives one.
  var dataplane: Located<Dataplane>?
  /// Whether nothing shall be started.
  var isDisabled = false
  /// The nodes in the file's order, each once.
  var nodes: [NodeDraft] = []
  /// Each node's place in `nodes`.
  var nodeIndices: [String: Int] = [:]
  /// Whether a node's line could not be understood; then nothing is known to be missing or unknown among nodes.
  var hasUnreadableNode = false
  /// Whether a line could not be read that may have been meant for a service; then none is known to be missing.
  var hasUnreadableService = false
  /// The services in the file's order.
  var services: [ServiceDraft] = []
  /// Where each service's name is given first.
  var serviceNames: [String: Int] = [:]
  /// The VLANs in the file's order.
  var vlans: [VLANDraft] = []
  /// The validly named VLANs in the file's order.
  var interfaces: [InterfaceName] = []
  /// Where each of them is given first.
  var interfaceOffsets: [InterfaceName: Int] = [:]

  /// The kind of stanza that is being read; the draft of the other kind is empty.
  var scope = Scope.file
  /// The place in `nodes` of the node that is being read; nil for one without a name, or a repeated one.
  var nodeIndex: Int?
  /// The service that is being read.
  var service = ServiceDraft()
  /// The VLAN that is being read.
  var vlan = VLANDraft()
  /// The VLAN that an error on this line makes unusable.
  var interface: InterfaceName?
  /// Where this stanza's options, and the file's, are given first.
  private var given: [String: Int] = [:]
  private var givenForFile: [String: Int] = [:]
  /// Whether a line's first word could not be read; then nothing is known to be missing or doubled in the stanza.
  private var hasUnreadableLine = false

  /// Makes a parser that has read nothing yet.
  init(source: Source) { self.source = source }

  /// Records an error of the line that is being read.
  mutating func report(_ offset: Int, _ message: String) {
    faults.append(Fault(offset: offset, message: message, interface: interface))
  }

  /// Reads all lines into drafts.
  mutating func readLines() {
    var lexer = Lexer(source)
    var line = Line()
    while lexer.read(&line, lineStarts: &source.lineStarts) {
      if line.isWhole { read(line.words) }
      let broken = line.isWhole ? interface : readRemains(of: line)
      guard let fault = line.fault else { continue }
      faults.append(Fault(offset: fault.offset, message: fault.message, interface: broken))
    }
    finishStanza()
  }

  private mutating func read(_ words: [Word]) {
    guard let first = words.first else { return }
    let text = source.text(first)
    if let rule = rule(for: text) {
      apply(rule, to: words)
    } else if let rule = guess(at: text) {
      // Reading on as if the right word were there spares people the errors that follow from the wrong one.
      let stranger = scope == .file ? "unknown word" : "unknown option"
      let place = scope == .file ? "" : " in \(title)"
      apply(rule, to: words, complaint: "\(stranger) \(source.quoted(first))\(place); did you mean \"\(rule.word)\"?")
    } else {
      report(first.offset, strangerMessage(first))
    }
  }

  private func rule(for text: String) -> GrammarRule? { Grammar.index[scope]?[text] }

  /// The rule whose word was most likely meant by one that means nothing here.
  private func guess(at text: String) -> GrammarRule? {
    guard homes(of: text).isEmpty else { return nil }
    let known = (Grammar.options(of: scope) + Grammar.everywhere).map(\.word)
    return nearestWord(to: text, among: known).flatMap { rule(for: $0) }
  }

  /// The kinds of stanza that have an option.
  private func homes(of text: String) -> [String] {
    [Scope.node, .service, .vlan].filter { Grammar.options(of: $0).contains { $0.word == text } }.map(\.rawValue)
  }

  /// What to say of a first word that means nothing here.
  private func strangerMessage(_ word: Word) -> String {
    let homes = homes(of: source.text(word))
    guard homes.isEmpty else {
      let here = scope == .file ? "before the first stanza" : "in \(title)"
      return "option \(source.quoted(word)) \(here); it belongs in a \(homes.joined(separator: " or "))"
    }
    switch scope {
    case .file:
      return "unknown word \(source.quoted(word)); a file starts with dataplane, disabled, node, service or vlan"
    case .node, .service, .vlan:
      let list = Grammar.options(of: scope).map(\.word).joined(separator: ", ")
      return "unknown option \(source.quoted(word)) in \(title); its options are \(list)"
    }
  }

  /// Reads a line by its rule; the complaint, if any, is about the first word and counts as an error of the same thing.
  private mutating func apply(_ rule: GrammarRule, to words: [Word], complaint: String? = nil) {
    let stanza = interface
    if let opened = rule.opens { open(opened, at: words[0].offset) }
    if rule.isFileWide { interface = nil }
    let earlier = note(rule, at: words[0].offset)
    if let earlier, !rule.repeats {
      if complaint == nil, !hasUnreadableLine {
        report(words[0].offset, "second \"\(rule.word)\"; line \(source.line(of: earlier)) has one, and one is enough")
      }
    } else {
      readArguments(of: rule, words)
    }
    if let complaint { report(words[0].offset, complaint) }
    if rule.isFileWide { interface = stanza }
  }

  /// Notes where an option is given, if that is the first time.
  /// - Returns: where it was given before.
  private mutating func note(_ rule: GrammarRule, at offset: Int) -> Int? {
    if rule.opens != nil { return nil }
    let earlier = rule.isFileWide ? givenForFile[rule.word] : given[rule.word]
    guard earlier == nil else { return earlier }
    if rule.isFileWide { givenForFile[rule.word] = offset } else { given[rule.word] = offset }
    return nil
  }

  private mutating func readArguments(of rule: GrammarRule, _ words: [Word]) {
    let arguments = words[1...]
    guard arguments.count >= rule.count.lowerBound else {
      markUnreadable(rule, words)
      report(words[0].offset, "too little after \"\(rule.word)\"; the form is: \(rule.example)")
      return
    }
    rule.read(&self, arguments.prefix(rule.count.upperBound))
    guard arguments.count > rule.count.upperBound else { return }
    let extra = words[1 + rule.count.upperBound]
    report(extra.offset, "too much from \(source.quoted(extra)) on; the form is: \(rule.example)")
    // The rest of the line may have been meant for more nodes.
    if rule.opens == .node { hasUnreadableNode = true }
  }

  /// Learns what it can from a line that could not be read to its end, so that no other line is blamed for it.
  /// - Returns: the VLAN that the line makes unusable.
  private mutating func readRemains(of line: Line) -> InterfaceName? {
    let text = line.words.first.map(source.text)
    guard let first = line.words.first, let rule = text.flatMap({ rule(for: $0) ?? guess(at: $0) }) else {
      hasUnreadableLine = true
      hasUnreadableService = true
      // It may have been meant to start another stanza, so the error cannot be put down to one VLAN.
      return nil
    }
    if let opened = rule.opens {
      open(opened, at: first.offset)
      if line.words.count > 1 { rule.read(&self, line.words[1...1]) }
    }
    _ = note(rule, at: first.offset)
    markUnreadable(rule, line.words)
    return rule.isFileWide ? nil : interface
  }

  /// Notes what is not known because a line has too few readable words.
  private mutating func markUnreadable(_ rule: GrammarRule, _ words: [Word]) {
    if rule.opens == .node { hasUnreadableNode = true }
    if scope == .vlan, rule.word == "address" {
      if words.count > 1 {
        vlan.addresses.append(AddressDraft(node: Located(value: source.text(words[1]), offset: words[1].offset)))
      } else {
        vlan.hasUnreadableNode = true
      }
    }
  }

  /// What messages call the stanza that is being read.
  private var title: String {
    let name =
      switch scope {
      case .file: nil as String?
      case .node: nodeIndex.map { nodes[$0].name.value }
      case .service: service.name
      case .vlan: vlan.interface?.description
      }
    return name.map { "\(scope.rawValue) \($0)" } ?? "this \(scope.rawValue)"
  }

  private mutating func open(_ next: Scope, at offset: Int) {
    finishStanza()
    scope = next
    interface = nil
    given.removeAll(keepingCapacity: true)
    hasUnreadableLine = false
    service = ServiceDraft(offset: offset)
    vlan = VLANDraft(offset: offset)
  }

  /// Reports what the stanza lacks, and keeps its draft.
  private mutating func finishStanza() {
    if !hasUnreadableLine {
      let offset = scope == .service ? service.offset : vlan.offset
      for rule in Grammar.options(of: scope) where given[rule.word] == nil {
        guard let purpose = rule.purpose else { continue }
        report(offset, "\(title) has no \(rule.word); add \"\(rule.example)\": \(purpose)")
      }
      if scope == .service, given["tcp"] == nil, given["udp"] == nil {
        report(offset, "\(title) has no port; add \"tcp PORT...\" or \"udp PORT...\"")
      }
    }
    switch scope {
    case .file, .node: break
    case .service:
      service.lacksNumber = given["number"] == nil && !hasUnreadableLine
      service.lacksTCP = given["tcp"] == nil && !hasUnreadableLine
      services.append(service)
    case .vlan:
      if given["id"] == nil, !hasUnreadableLine { takeIDFromName() }
      vlan.lacksRouterID = given["router-id"] == nil && !hasUnreadableLine
      if hasUnreadableLine { vlan.hasUnreadableNode = true }
      vlans.append(vlan)
    }
  }

  /// Makes the number at the end of the interface's name the VLAN's id.
  private mutating func takeIDFromName() {
    guard let name = vlan.interface?.description else { return }
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    let end = name.utf8.lastIndex { !isDigit($0) }.map(name.utf8.index(after:)) ?? name.startIndex
    let digits = String(name[end...])
    if let id = Int(digits), Limits.id.contains(id) {
      vlan.id = Located(value: id, offset: vlan.offset)
    } else {
      report(
        vlan.offset,
        digits.isEmpty
          ? "vlan \(name) has no id, and its name does not end in a number; add \"id N\", 1 to 4999"
          : "vlan \(name) has no id, and \(digits) at the end of its name is not 1 to 4999; add \"id N\"")
    }
  }
}
