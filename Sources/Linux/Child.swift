// One child process: a tool of the system, fed from memory, with a fixed environment.
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

/// Runs a tool to its end.
///
/// Files stand for its input and output: unlike pipes they cannot fill up while the other side waits.
/// - Parameters:
///   - path: absolute.
///   - arguments: without the program's name.
///   - input: what it reads on standard input.
///   - folder: where the files are. Its lock stays open in the child, so that it is held until the child too has ended,
///     even if we are killed.
func runChild(path: String, arguments: [String], input: String, folder: StateFolder) throws(SystemError) -> ChildResult
{
  let stdin = try Descriptor.temporary(in: folder.folder)
  try stdin.writeAll(Array(input.utf8))
  try stdin.rewind()
  let output = try Descriptor.temporary(in: folder.folder)

  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_adddup2(&actions, stdin.number, 0)
  posix_spawn_file_actions_adddup2(&actions, output.number, 1)
  posix_spawn_file_actions_adddup2(&actions, output.number, 2)
  if let lock = folder.lock { posix_spawn_file_actions_adddup2(&actions, lock, 3) }

  let environment = ["LC_ALL=C", "PATH=" + toolFolders.joined(separator: ":")]
  var child = pid_t()
  let argv = CStrings([path] + arguments)
  let envp = CStrings(environment)
  let error = posix_spawn(&child, path, &actions, nil, argv.pointers, envp.pointers)
  guard error == 0 else { throw SystemError(error) }

  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 {
    guard errno == EINTR else { throw SystemError() }
  }
  try output.rewind()
  let text = String(decoding: try output.readAll(), as: UTF8.self)
  // WIFEXITED and WEXITSTATUS of sys/wait.h, which are macros.
  let signal = status & 0x7f
  return ChildResult(status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: text)
}

/// A NULL-terminated array of C strings, as execve(2) wants it.
private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

  deinit { pointers.forEach { free($0) } }
}
