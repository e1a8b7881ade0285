// What keeps this host from working, printed: the findings, the file's digest, and how many there are.
import Glibc
import Linux
import Overlap

/// A look at this host.
struct Check {
  let perspective: Perspective

  /// Looks, and prints what it found.
  /// - Returns: the exit status: failed if there is an error among the findings.
  func status() -> Int32 {
    Trouble.reported { () throws(Trouble) in
      let path = perspective.file
      guard let bytes = try fileBytes(at: path) else { throw .noFile(path) }
      let file = ConfigurationFile(parsing: bytes)
      let findings = try findings(in: file)
      for finding in findings { write("\(finding)\n", to: STDOUT_FILENO) }
      do throws(Failure) {
        write("\(path): sha256 \(try digest(of: bytes)), must be the same on every node\n", to: STDOUT_FILENO)
      } catch {
        throw Trouble(lines: [error.description], status: ExitStatus.failed)
      }
      let errors = findings.count { $0.gravity == .error }
      let warnings = findings.count - errors
      write("\(counted(errors, "error")), \(counted(warnings, "warning"))\n", to: STDOUT_FILENO)
      return errors == 0 ? ExitStatus.done : ExitStatus.failed
    }
  }

  private func findings(in file: ConfigurationFile) throws(Trouble) -> [Finding] {
    let path = perspective.file
    guard !file.diagnostics.contains(where: { $0.interface == nil }) else { return file.findings(path: path) }
    let node: Node
    do throws(Trouble) {
      node = try file.configuration.node(in: perspective)
    } catch {
      // A file without anything in it, as it is installed, has no node either, and keeps nobody from working.
      return file.configuration == Configuration()
        ? [.warning("\(path): says nothing yet; lvs-overlap.conf(5) tells what it may say")]
        : file.findings(path: path) + error.lines.map { .error($0) }
    }
    let inspection = Inspection(file, path: path, node: node)
    do throws(Failure) {
      return inspection.findings(in: try LinuxHost(folder: try StateFolder(locking: false)).state(inspection.inquiry))
    } catch {
      throw Trouble(lines: [error.description], status: ExitStatus.failed)
    }
  }

  private func counted(_ count: Int, _ thing: String) -> String {
    "\(count == 0 ? "no" : String(count)) \(thing)\(count == 1 ? "" : "s")"
  }
}
