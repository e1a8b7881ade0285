// Lines into words: blanks, comments, quotes, continuations, and the bytes that no line may have.

/// The bytes of a word, without its quotes.
struct Word: Sendable {
  /// The offset of its first byte.
  var start: Int
  /// The offset after its last byte.
  var end: Int
  /// Whether it stands in quotes.
  var isQuoted = false
  /// Where the word begins for people: at its quote if it has one.
  var offset: Int { isQuoted ? start - 1 : start }
}

/// A line with all that continues it.
struct Line: Sendable {
  /// What it consists of, in order.
  var words: [Word] = []
  /// The first thing in the line that is no text.
  var fault: Fault?
  /// Whether the words are all that the line has; not so after a fault outside a comment.
  var isWhole = true
}

/// The bytes that mean something to the lexer.
private enum Byte {
  static let tab = UInt8(ascii: "\t")
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let blank = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let hash = UInt8(ascii: "#")
  static let backslash = UInt8(ascii: "\\")
  static let tilde = UInt8(ascii: "~")
}

/// Cuts a file into lines of words.
struct Lexer: Sendable {
  private let bytes: [UInt8]
  private var position: Int

  /// Starts at the first line of a file.
  init(_ source: Source) {
    bytes = source.bytes
    position = source.lineStarts[0]
  }

  /// Reads the next line that has a word or a fault.
  /// - Parameters:
  ///   - line: where to put it; its storage is used again.
  ///   - lineStarts: gets the offset of each line that was entered.
  /// - Returns: whether there was one.
  mutating func read(_ line: inout Line, lineStarts: inout [Int]) -> Bool {
    line.words.removeAll(keepingCapacity: true)
    line.fault = nil
    line.isWhole = true
    while position < bytes.count {
      let byte = bytes[position]
      if byte == Byte.blank || byte == Byte.tab {
        position += 1
      } else if let next = lineBreak(at: position) {
        position = next
        lineStarts.append(next)
        if !line.words.isEmpty || line.fault != nil { return true }
      } else if byte == Byte.hash {
        readComment(&line)
      } else if byte == Byte.backslash {
        // At the end of a line a backslash makes the line's end a blank.
        position += 1
        if let next = lineBreak(at: position) {
          position = next
          lineStarts.append(next)
        } else if position < bytes.count {
          fail(&line, at: position - 1, "stray backslash; it may only be a line's last character, to continue the line")
          skipLine(&lineStarts)
        }
      } else if !(byte == Byte.quote ? readQuotedWord(&line) : readWord(&line)) {
        skipLine(&lineStarts)
      }
    }
    return !line.words.isEmpty || line.fault != nil
  }

  /// The offset after a line's end, if one is here; CR LF counts as one, so that files from Windows can be read.
  private func lineBreak(at index: Int) -> Int? {
    guard index < bytes.count else { return nil }
    if bytes[index] == Byte.newline { return index + 1 }
    guard bytes[index] == Byte.carriageReturn, index + 1 < bytes.count, bytes[index + 1] == Byte.newline else {
      return nil
    }
    return index + 2
  }

  private mutating func readComment(_ line: inout Line) {
    // A comment ends with its line even after a backslash: commenting a line out must not take the next one with it.
    while position < bytes.count {
      if isPrintableASCII(bytes[position]) {
        position += 1
        continue
      }
      if lineBreak(at: position) != nil { return }
      let length = characterLength(at: position)
      if length == 0, line.fault == nil { line.fault = Fault(offset: position, message: complaint(at: position)) }
      position += max(length, 1)
    }
  }

  private mutating func readWord(_ line: inout Line) -> Bool {
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == Byte.blank || byte == Byte.tab || byte == Byte.backslash { break }
      if byte == Byte.quote {
        return fail(&line, at: position, "quote inside a word; put the quotes around the whole word")
      }
      if isPrintableASCII(byte) {
        position += 1
        continue
      }
      if lineBreak(at: position) != nil { break }
      let length = characterLength(at: position)
      if length == 0 { return fail(&line, at: position, complaint(at: position)) }
      position += length
    }
    line.words.append(Word(start: start, end: position))
    return true
  }

  private mutating func readQuotedWord(_ line: inout Line) -> Bool {
    let start = position + 1
    position = start
    while position < bytes.count, lineBreak(at: position) == nil {
      if bytes[position] == Byte.quote {
        let word = Word(start: start, end: position, isQuoted: true)
        position += 1
        guard position == bytes.count || bytes[position] <= Byte.blank || bytes[position] == Byte.backslash else {
          return fail(&line, at: position, "no blank after a closing quote; put the quotes around the whole word")
        }
        line.words.append(word)
        return true
      }
      let length = characterLength(at: position)
      if length == 0 { return fail(&line, at: position, complaint(at: position)) }
      position += length
    }
    return fail(&line, at: start - 1, "quote without its end; close it with \" in the same line")
  }

  @discardableResult
  private func fail(_ line: inout Line, at offset: Int, _ message: String) -> Bool {
    line.fault = Fault(offset: offset, message: message)
    line.isWhole = false
    return false
  }

  /// Leaves the rest of a faulty line, with what continues it, unread: what it means is anyone's guess.
  private mutating func skipLine(_ lineStarts: inout [Int]) {
    while position < bytes.count {
      if let next = lineBreak(at: position) {
        guard position > 0, bytes[position - 1] == Byte.backslash else { return }
        lineStarts.append(next)
        position = next
      } else {
        position += 1
      }
    }
  }

  /// How many bytes the printable character here has; 0 for a control character and for what is not UTF-8.
  private func characterLength(at index: Int) -> Int {
    if isPrintableASCII(bytes[index]) || bytes[index] == Byte.tab { return 1 }
    guard let scalar = scalar(at: index), scalar.properties.generalCategory != .control else { return 0 }
    return UTF8.width(scalar)
  }

  private func isPrintableASCII(_ byte: UInt8) -> Bool { byte >= Byte.blank && byte <= Byte.tilde }

  private func scalar(at index: Int) -> Unicode.Scalar? {
    var iterator = bytes[index..<min(index + 4, bytes.count)].makeIterator()
    var parser = UTF8.ForwardParser()
    guard case .valid(let encoded) = parser.parseScalar(from: &iterator) else { return nil }
    return UTF8.decode(encoded)
  }

  private func complaint(at index: Int) -> String {
    guard let scalar = scalar(at: index) else {
      return "byte 0x\(String(bytes[index], radix: 16)) is not UTF-8; save the file as UTF-8"
    }
    let code = String(scalar.value, radix: 16, uppercase: true)
    return "control character U+\(String(repeating: "0", count: 4 - code.utf8.count))\(code); only printable text, "
      + "blanks and tabs may be in the file"
  }
}
