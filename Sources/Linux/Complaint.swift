// What a tool wrote when it failed: which line of the batch, and the kernel's own words.
import Overlap

/// A tool's complaint, taken apart.
struct Complaint: Equatable {
  /// The number of the batch's line that failed, from 1.
  var line: Int?
  /// Why, on one line.
  var reason: String

  /// Takes a tool's output apart.
  ///
  /// ip and tc end with `Command failed -:LINE` and put the kernel's words before it, after `RTNETLINK answers: ` or
  /// `Error: `; nft begins with `/dev/stdin:LINE:COLUMN-COLUMN: Error: `.
  /// - Parameters:
  ///   - tool: the tool.
  ///   - output: all that it wrote.
  ///   - status: its exit status.
  init(tool: Tool, output: String, status: Int32) {
    var reasons: [Substring] = []
    for text in output.split(separator: "\n") {
      if text.hasPrefix("Command failed -:") {
        line = Int(text.dropFirst("Command failed -:".count))
        break
      }
      if text.hasPrefix("/dev/stdin:") {
        let parts = text.split(separator: ":", maxSplits: 3)
        if line == nil && parts.count == 4 {
          line = Int(parts[1])
          reasons.append(parts[3])
        }
        continue
      }
      // The tools' own remarks, which say nothing about the cause.
      if text.hasPrefix("We have an error talking to the kernel") || tool == .nft { continue }
      reasons.append(text)
    }
    let cleaned = reasons.map { text in
      var rest = text.drop { $0 == " " }
      for prefix in ["RTNETLINK answers: ", "Error: "] where rest.hasPrefix(prefix) {
        rest = rest.dropFirst(prefix.count)
      }
      while rest.last == "." || rest.last == " " { rest.removeLast() }
      return String(rest)
    }
    reason = cleaned.isEmpty ? "exit status \(status)" : cleaned.joined(separator: "; ")
  }
}
