// What every command needs first, the file and this node's name, and what ends a run that does not get them.
import Glibc
import Linux
import Overlap

/// What ends a run before anything was done.
struct Trouble: Error {
  /// What to say.
  var lines: [String]
  /// The exit status.
  var status: Int32

  /// A file that has to be there is not.
  static func noFile(_ path: String) -> Trouble {
    Trouble(lines: ["\(path): \(SystemError(ENOENT))"], status: ExitStatus.configuration)
  }

  /// Runs something and reports what ended it, if it did not end by itself.
  /// - Returns: the exit status.
  static func reported(_ body: () throws(Trouble) -> Int32) -> Int32 {
    do throws(Trouble) {
      return try body()
    } catch {
      for line in error.lines { complain(line) }
      return error.status
    }
  }
}

extension ConfigurationFile {
  /// Reads and parses a file.
  /// - Parameter path: where it is.
  /// - Returns: nil when there is no file.
  init?(at path: String) throws(Trouble) {
    do throws(SystemError) {
      self.init(parsing: try readWholeFile(path))
    } catch {
      if error.number == ENOENT { return nil }
      throw Trouble(lines: ["\(path): \(error)"], status: ExitStatus.configuration)
    }
  }
}

extension Configuration {
  /// This node's name, which must be in the file.
  /// - Parameters:
  ///   - name: what was given; nil for the host's name up to the first dot.
  ///   - file: the file's path, for messages.
  func node(named name: String?, file: String) throws(Trouble) -> String {
    let node = name ?? shortHostName()
    guard nodes.contains(where: { $0.name == node }) else {
      let known = nodes.isEmpty ? "no node" : nodes.map(\.name).joined(separator: ", ")
      let advice = name == nil ? "; add the host's name to the file, or use --node" : ""
      throw Trouble(
        lines: ["\(file): \(node) is not a node of the file, which has \(known)\(advice)"],
        status: ExitStatus.configuration)
    }
    return node
  }
}
