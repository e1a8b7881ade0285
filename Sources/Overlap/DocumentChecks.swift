// The files of other programs, compared with what would be rendered: what a file lacks, and what it has beside that.

extension Inspection {
  /// Files that differ from what would be rendered.
  func checkDocuments(_ host: HostState) -> [Finding] {
    // Of a file with errors nothing is rendered.
    guard !vlans.isEmpty, file.diagnostics.isEmpty else { return [] }
    return Document.allCases.flatMap { document -> [Finding] in
      // Who is never director can do without keepalived, and leave its defaults alone.
      if document == .keepalivedDefaults, !node.mayDirect { return [] }
      let text: String
      do throws(Failure) {
        text = try configuration.rendered(document, node: node.name, file: path)
      } catch {
        return [.warning("\(error)")]
      }
      let wanted = DocumentLine.meaningful(in: text, of: document)
      let advice = "see lvs-overlap render \(document.rawValue)"
      guard let present = host.files[document.path] else {
        let isNeeded = !wanted.isEmpty && (node.mayDirect || document != .keepalived)
        return isNeeded ? [.warning("\(document.path): is not there; \(advice)")] : []
      }
      let found = differences(
        of: DocumentLine.meaningful(in: present, of: document), from: wanted, document, advice: advice)
      // Of many, the first say enough.
      let limit = 5
      guard found.count > limit + 1 else { return found }
      return found.prefix(limit) + [
        .warning("\(document.path): differs from what is rendered in \(found.count - limit) more things; \(advice)")
      ]
    }
  }

  private func differences(
    of present: [DocumentLine], from wanted: [DocumentLine], _ document: Document, advice: String
  ) -> [Finding] {
    var extra = Self.outermost(present, without: wanted)
    var found: [Finding] = []
    for missing in Self.outermost(wanted, without: present) {
      let isVital = document == .keepalived && node.mayDirect && missing.isVital
      let gravity = isVital ? Finding.error : Finding.warning
      if let index = extra.firstIndex(where: { $0.place == missing.place && $0.word == missing.word }) {
        let other = extra.remove(at: index)
        found.append(
          gravity("\(document.path):\(other.number): \"\(other.text)\", rendered is \"\(missing.text)\"; \(advice)"))
      } else {
        let place = missing.place.isEmpty ? "" : " in \"\(missing.place.joined(separator: " "))\""
        found.append(gravity("\(document.path): lacks \"\(missing.text)\"\(place); \(advice)"))
      }
    }
    return found
      + extra.map { .warning("\(document.path):\($0.number): \"\($0.text)\" is not rendered; \(advice)") }
  }

  /// The lines that others lack, but for those inside of a block that they lack as a whole.
  private static func outermost(_ lines: [DocumentLine], without others: [DocumentLine]) -> [DocumentLine] {
    var left: [[String]: Int] = [:]
    for line in others { left[line.identity, default: 0] += 1 }
    var lacking: Set<[String]> = []
    return lines.filter { line in
      if let count = left[line.identity], count > 0 {
        left[line.identity] = count - 1
        return false
      }
      lacking.insert(line.identity)
      return !lacking.contains(line.place)
    }
  }
}

/// A line of another program's file that means something to it.
private struct DocumentLine {
  /// Its number in the file, from 1.
  var number: Int
  /// The lines that begin the blocks that it is in, the outermost first.
  var place: [String]
  /// What it says, with single blanks, without a comment and the brace that begins a block.
  var text: String

  /// What makes two lines the same, and the place of what is in the block that it begins.
  var identity: [String] { place + [text] }
  /// Its first word.
  var word: Substring { text.prefix { $0 != " " } }

  /// Whether the nodes do not work together, or not with the router, when it is another one.
  var isVital: Bool {
    let words: Set<Substring> = [
      "interface", "virtual_router_id", "lb_algo", "lb_kind", "mh-port", "sh-port", "real_server",
    ]
    return words.contains(word) || place.last == "virtual_ipaddress"
  }

  static func meaningful(in text: String, of document: Document) -> [DocumentLine] {
    var lines: [DocumentLine] = []
    var place: [String] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      var words = words(of: line, document)
      if words == ["}"] {
        if !place.isEmpty { place.removeLast() }
        continue
      }
      let isBlock = document == .keepalived && words.last == "{"
      if isBlock { words.removeLast() }
      guard let word = words.first else {
        // The brace may stand in the line after what it belongs to.
        if isBlock, let title = lines.last?.text { place.append(title) }
        continue
      }
      // A stanza of interfaces(5) lasts until the next one begins.
      let isStanza = document == .interfaces && ["auto", "iface", "source", "mapping"].contains(word)
      if isStanza { place = [] }
      // An address may have its interface with it, which is the instance's anyway.
      let isAddress = place.last == "virtual_ipaddress"
      let text = isAddress ? String(word) : words.joined(separator: " ")
      lines.append(DocumentLine(number: index + 1, place: place, text: text))
      if isBlock || (isStanza && word == "iface") { place.append(text) }
    }
    return lines
  }

  /// The words of a line, without those of a comment.
  private static func words(of line: Substring, _ document: Document) -> [Substring] {
    var line = line
    if document == .keepalived {
      // Outside quotes, both begin a comment anywhere (keepalived.conf(5)).
      var isQuoted = false
      line = line.prefix { character in
        if character == "\"" { isQuoted.toggle() }
        return isQuoted || (character != "#" && character != "!")
      }
    }
    let words = line.split { [" ", "\t", "\r"].contains($0) }
    return words.first?.first == "#" ? [] : words
  }
}
