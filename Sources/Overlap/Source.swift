// The file's bytes and where its lines start: offsets are what the parser works with, lines and columns what people read.

/// A value and the offset of the word that it was read from.
struct Located<Value: Sendable>: Sendable {
  /// The value.
  var value: Value
  /// The word's first byte, counted from 0.
  var offset: Int
}

/// A diagnostic before its offset is made a line and a column.
struct Fault: Sendable {
  /// The faulty byte, counted from 0.
  var offset: Int
  /// What is wrong and what would be right.
  var message: String
  /// The VLAN that it makes unusable; nil for the whole file.
  var interface: InterfaceName?
}

/// The text of a file.
struct Source: Sendable {
  /// All of it.
  let bytes: [UInt8]
  /// The offset of each line's first byte, ascending; the lexer adds them as it goes.
  var lineStarts: [Int]

  /// Makes a text of which no line has been read yet.
  init(bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark is invisible, so it is neither a word nor a column.
    self.lineStarts = [bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0]
  }

  /// The number, from 1, of the line that an offset is in.
  func line(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// A word's text.
  func text(_ word: Word) -> String { String(decoding: bytes[word.start..<word.end], as: UTF8.self) }

  /// A word's text in quotes, cut to a length that fits in a message.
  func quoted(_ word: Word) -> String {
    let text = text(word)
    return text.count > 60 ? "\"\(text.prefix(60))...\"" : "\"\(text)\""
  }

  /// Puts faults into the file's order and gives them lines and columns.
  ///
  /// Columns are counted on from one fault to the next, so that many faults in one long line stay cheap.
  func diagnostics(of faults: [Fault]) -> [Diagnostic] {
    let order = faults.indices.sorted { (faults[$0].offset, $0) < (faults[$1].offset, $1) }
    var counted = 0
    var line = 0
    var column = 1
    return order.map { index in
      let fault = faults[index]
      let faultLine = self.line(of: fault.offset)
      if faultLine != line { (line, column, counted) = (faultLine, 1, lineStarts[faultLine - 1]) }
      // Every byte but UTF-8's continuation bytes begins a character.
      for byte in bytes[counted..<max(counted, fault.offset)] where byte & 0xc0 != 0x80 { column += 1 }
      counted = max(counted, fault.offset)
      return Diagnostic(line: line, column: column, message: fault.message, interface: fault.interface)
    }
  }
}
