// Another program's file printed, whole or not at all: what is written to a file must never be half of one.
import Glibc
import Overlap

/// A request to render on its way.
struct Render {
  let document: Document
  let perspective: Perspective

  /// Carries the request out.
  /// - Returns: the exit status.
  func status() -> Int32 {
    Trouble.reported { () throws(Trouble) in
      guard let file = try ConfigurationFile(at: perspective.file) else { throw .noFile(perspective.file) }
      guard file.diagnostics.isEmpty else {
        let lines = file.diagnostics.map { $0.rendered(file: perspective.file) }
        throw Trouble(lines: lines, status: ExitStatus.configuration)
      }
      let configuration = file.configuration
      let node = try configuration.node(in: perspective)
      do throws(Failure) {
        write(try configuration.rendered(document, node: node.name, file: perspective.file), to: STDOUT_FILENO)
      } catch {
        throw Trouble(lines: [error.description], status: ExitStatus.configuration)
      }
      return ExitStatus.done
    }
  }
}
