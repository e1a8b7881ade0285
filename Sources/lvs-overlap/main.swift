// The executable: arguments and environment in, messages and an exit status out.
import Glibc
import Linux
import Overlap

/// Exit statuses; those above 1 are sysexits.h's.
enum ExitStatus {
  static let done: Int32 = 0
  static let failed: Int32 = 1
  static let usage: Int32 = 64
  static let configuration: Int32 = 78
}

func write(_ text: String, to descriptor: Int32) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    // A reader that has gone away is no reason to leave the kernel half-changed.
    guard count > 0 || (count < 0 && errno == EINTR) else { return }
    rest = rest.dropFirst(max(count, 0))
  }
}

func complain(_ text: some CustomStringConvertible) { write("lvs-overlap: \(text)\n", to: STDERR_FILENO) }

signal(SIGPIPE, SIG_IGN)
umask(0o022)
let invocation = Invocation(arguments: Array(CommandLine.arguments.dropFirst())) { name in
  getenv(name).map { String(cString: $0) }
}
switch invocation {
case .help:
  write(Invocation.helpText + "\n", to: STDOUT_FILENO)
  exit(ExitStatus.done)
case .version:
  write("lvs-overlap \(version)\n", to: STDOUT_FILENO)
  exit(ExitStatus.done)
case .notConcerned: exit(ExitStatus.done)
case .usage(let message):
  complain("\(message); see lvs-overlap --help")
  exit(ExitStatus.usage)
case .render(let document, let perspective): exit(Render(document: document, perspective: perspective).status())
case .check(let perspective): exit(Check(perspective: perspective).status())
case .change(let request): exit(Run(request: request).status())
}
