// Sysctls as files below /proc/sys.
import Glibc
import Overlap

/// Reading and writing of sysctls.
enum ProcSys {
  /// Reads a sysctl.
  /// - Returns: its value without the final newline; nil when there is none of that name.
  static func read(_ sysctl: Sysctl) -> String? {
    do throws(SystemError) {
      var value = try Descriptor.open("/proc/sys/\(sysctl)", O_RDONLY).readAll()
      while value.last == UInt8(ascii: "\n") { value.removeLast() }
      return String(decoding: value, as: UTF8.self)
    } catch {
      return nil
    }
  }

  /// Writes a sysctl.
  static func write(_ sysctl: Sysctl, _ value: String) throws(Failure) {
    do throws(SystemError) {
      try Descriptor.open("/proc/sys/\(sysctl)", O_WRONLY).writeAll(Array("\(value)\n".utf8))
    } catch {
      throw Failure(operation: "writing \(value) to /proc/sys/\(sysctl)", reason: error.description)
    }
  }
}
