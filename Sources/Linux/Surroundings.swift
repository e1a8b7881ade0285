// What a run needs to know of its surroundings: a file's bytes, the host's name.
import Glibc

/// Reads a file as a whole.
public func readWholeFile(_ path: String) throws(SystemError) -> [UInt8] {
  try Descriptor.open(path, O_RDONLY).readAll()
}

/// The host's name up to the first dot.
public func shortHostName() -> String {
  // HOST_NAME_MAX is 64 on Linux.
  var buffer = [CChar](repeating: 0, count: 65)
  gethostname(&buffer, buffer.count - 1)
  return String(
    decoding: buffer.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: ".")) }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
