// A child process: a tool of the system, fed from memory, with a fixed environment.
import Glibc
import Overlap

/// What a child said and how it ended.
struct ChildResult {
  /// The exit status, or 128 and the signal's number.
  var status: Int32
  /// All that it wrote, standard output and standard error alike.
  var output: String
}

/// Where tools may be, whatever PATH says: a hook's caller may have set none.
let toolFolders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]

/// Finds a tool.
/// - Parameter name: its file's name.
/// - Returns: its absolute path; nil when there is none.
func findTool(_ name: String) -> String? {
  toolFolders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
}

/// A tool that runs, and waits for what it is to do.
///
/// Loading a tool takes longer than its work, so those of a plan are started together and fed one after the other. Until it
/// is fed, and if we die before, a tool has read nothing and does nothing.
final class Child {
  private var number = pid_t()
  /// Open as long as the tool waits for its input.
  private var input: Descriptor?
  /// A file, as unlike a pipe it cannot fill up while we do not read.
  private let output: Descriptor

  /// Starts a tool.
  /// - Parameters:
  ///   - path: absolute.
  ///   - arguments: without the program's name.
  ///   - folder: the descriptor of a folder of the file system where its output goes.
  ///   - lock: the descriptor of a lock, which stays open in the child, so that it is held until the child too has ended,
  ///     even if we are killed.
  init(path: String, arguments: [String], folder: Int32, lock: Int32?) throws(SystemError) {
    let pipe = try Descriptor.pipe()
    defer { withExtendedLifetime(pipe) {} }
    output = try Descriptor.temporary(in: folder)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipe.reading.number, 0)
    posix_spawn_file_actions_adddup2(&actions, output.number, 1)
    posix_spawn_file_actions_adddup2(&actions, output.number, 2)
    if let lock { posix_spawn_file_actions_adddup2(&actions, lock, 3) }

    let argv = CStrings([path] + arguments)
    let envp = CStrings(["LC_ALL=C", "PATH=" + toolFolders.joined(separator: ":")])
    let error = posix_spawn(&number, path, &actions, nil, argv.pointers, envp.pointers)
    guard error == 0 else { throw SystemError(error) }
    input = pipe.writing
  }

  /// Feeds the tool and waits for its end.
  /// - Parameter bytes: what it reads on standard input. All of it fits into the pipe, so that whoever is killed meanwhile has
  ///   handed over everything or nothing.
  func finish(_ bytes: [UInt8]) throws(SystemError) -> ChildResult {
    do throws(SystemError) { try input?.fill(bytes) } catch {
      // A tool that has ended before it read says why.
      guard error.number == EPIPE else { throw error }
    }
    let status = try end()
    try output.rewind()
    let said = String(decoding: try output.readAll(), as: UTF8.self)
    // WIFEXITED and WEXITSTATUS of sys/wait.h, which are macros.
    let signal = status & 0x7f
    return ChildResult(status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: said)
  }

  private func end() throws(SystemError) -> Int32 {
    input = nil
    var status: Int32 = 0
    while waitpid(number, &status, 0) < 0 {
      guard errno == EINTR else { throw SystemError() }
    }
    return status
  }

  // One that was never fed finds the end of its input.
  deinit { if input != nil { _ = try? end() } }
}

/// A NULL-terminated array of C strings, as execve(2) wants it.
private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

  deinit { pointers.forEach { free($0) } }
}
