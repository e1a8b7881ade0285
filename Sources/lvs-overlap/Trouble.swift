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

/// Reads the cluster's file.
/// - Parameter path: where it is.
/// - Returns: nil when there is no file.
func fileBytes(at path: String) throws(Trouble) -> [UInt8]? {
  do throws(SystemError) {
    return try readWholeFile(path)
  } catch {
    if error.number == ENOENT { return nil }
    throw Trouble(lines: ["\(path): \(error)"], status: ExitStatus.configuration)
  }
}

extension ConfigurationFile {
  /// Reads and parses a file.
  /// - Parameter path: where it is.
  /// - Returns: nil when there is no file.
  init?(at path: String) throws(Trouble) {
    guard let bytes = try fileBytes(at: path) else { return nil }
    self.init(parsing: bytes)
  }
}

extension Configuration {
  /// This node, which must be in the file.
  /// - Parameter perspective: the node's name; without one, it is the host's up to the first dot.
  func node(in perspective: Perspective) throws(Trouble) -> Node {
    let name = perspective.node ?? shortHostName()
    guard let node = nodes.first(where: { $0.name == name }) else {
      let known = nodes.isEmpty ? "no node" : nodes.map(\.name).joined(separator: ", ")
      let advice = perspective.node == nil ? "; add the host's name to the file, or use --node" : ""
      throw Trouble(
        lines: ["\(perspective.file): \(name) is not a node of the file, which has \(known)\(advice)"],
        status: ExitStatus.configuration)
    }
    return node
  }
}
