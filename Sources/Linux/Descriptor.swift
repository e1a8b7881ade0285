// A file descriptor that closes itself, and errno as an error.
import Glibc
import Overlap

/// The kernel's reason for refusing a system call.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  /// An errno(3) number.
  public var number: Int32

  /// Makes an error of an errno number.
  /// - Parameter number: by default, that of the call that just failed.
  public init(_ number: Int32 = errno) { self.number = number }

  /// The C library's words.
  public var description: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}

/// An open file, closed with the last reference to it.
final class Descriptor {
  /// The descriptor's number.
  let number: Int32

  /// Takes over a descriptor that a system call returned.
  /// - Parameter number: negative when the call failed.
  /// - Throws: what errno says, when it did.
  init(_ number: Int32) throws(SystemError) {
    guard number >= 0 else { throw SystemError() }
    self.number = number
  }

  deinit { close(number) }

  /// Opens a file, never across an exec unless it is handed on.
  static func open(
    _ path: String, _ flags: Int32, mode: mode_t = 0o644, in folder: Int32 = AT_FDCWD
  ) throws(SystemError) -> Descriptor {
    try Descriptor(openat(folder, path, flags | O_CLOEXEC, mode))
  }

  /// Opens a file without a name, which is gone when no one has it open any more.
  /// - Parameter folder: a folder of the file system that it is in.
  static func temporary(in folder: Int32) throws(SystemError) -> Descriptor {
    // O_TMPFILE of bits/fcntl-linux.h, which is not visible here.
    try open(".", 0o20_000_000 | O_DIRECTORY | O_RDWR, mode: 0o600, in: folder)
  }

  /// Makes a pipe whose ends do not cross an exec unless they are handed on.
  static func pipe() throws(SystemError) -> (reading: Descriptor, writing: Descriptor) {
    var numbers: [Int32] = [-1, -1]
    // pipe2(2) is not visible here; there is one thread only.
    guard Glibc.pipe(&numbers) == 0 else { throw SystemError() }
    for number in numbers { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    return (try Descriptor(numbers[0]), try Descriptor(numbers[1]))
  }

  /// Writes everything into an empty pipe, which is made large enough to take it at once.
  func fill(_ bytes: [UInt8]) throws(SystemError) {
    // F_SETPIPE_SZ of bits/fcntl-linux.h, which is not visible here. Whoever lacks CAP_SYS_RESOURCE may be refused, and waits
    // while the other side reads.
    if bytes.count > 65536 { _ = fcntl(number, 1031, Int32(clamping: bytes.count)) }
    try writeAll(bytes)
  }

  /// Goes back to the beginning.
  func rewind() throws(SystemError) {
    guard lseek(number, 0, SEEK_SET) == 0 else { throw SystemError() }
  }

  /// Reads to the end.
  func readAll() throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    // Most files here are sysctls, of a few bytes.
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(number, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count > 0 {
        bytes += chunk[..<count]
      } else if errno != EINTR {
        throw SystemError()
      }
    }
  }

  /// Writes everything.
  func writeAll(_ bytes: [UInt8]) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw SystemError()
      }
    }
  }
}
