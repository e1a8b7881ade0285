// The folder in /run: the lock that makes runs wait for one another, and the saved sysctls.
import Glibc
import Overlap

/// The folder, open and locked.
///
/// Everything in it is reached through its descriptor, and only when root owns it and no one else may write to it.
public struct StateFolder: Sendable {
  /// The folder's descriptor; negative when there is none.
  let folder: Int32
  /// The lock's descriptor, which children inherit.
  let lock: Int32?

  /// Makes the folder if need be and opens it.
  /// - Parameters:
  ///   - path: its absolute path.
  ///   - locking: whether to wait until no one else has it. The lock ends with the last process that has it open.
  public init(path: String = SavedSysctls.directory, locking: Bool) throws(Failure) {
    do throws(SystemError) {
      if !locking {
        // Only a look: without a folder nothing was saved.
        folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        lock = nil
        return
      }
      if mkdir(path, 0o755) != 0 && errno != EEXIST { throw SystemError() }
      folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      guard folder >= 0 else { throw SystemError() }
      var status = stat()
      guard fstat(folder, &status) == 0 else { throw SystemError() }
      guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
        throw SystemError(EPERM)
      }
      let lock = openat(folder, ".lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard lock >= 0 else { throw SystemError() }
      while flock(lock, LOCK_EX) != 0 {
        guard errno == EINTR else { throw SystemError() }
      }
      self.lock = lock
    } catch {
      throw Failure(operation: "locking \(path)", reason: error.description)
    }
  }

  /// Reads what was saved.
  func saved() throws(Failure) -> SavedSysctls {
    guard folder >= 0 else { return SavedSysctls() }
    // A copy, as closedir(3) closes what it was given, and opened anew so that it starts at the beginning.
    guard let listing = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
      throw Failure(operation: "listing \(SavedSysctls.directory)", reason: SystemError().description)
    }
    defer { closedir(listing) }
    var files: [String: String] = [:]
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name == SavedSysctls.sharedFile || (InterfaceName(name) != nil && !name.hasPrefix(".")) else { continue }
      do throws(SystemError) {
        let bytes = try Descriptor.open(name, O_RDONLY | O_NOFOLLOW, in: folder).readAll()
        files[name] = String(decoding: bytes, as: UTF8.self)
      } catch {
        throw Failure(operation: "reading \(SavedSysctls.directory)/\(name)", reason: error.description)
      }
    }
    return SavedSysctls(files: files)
  }

  /// Writes a file as a whole, or removes it: whoever is killed meanwhile leaves the old one or the new one.
  func write(_ name: String, _ contents: String?) throws(Failure) {
    do throws(SystemError) {
      guard let contents else {
        if unlinkat(folder, name, 0) != 0 && errno != ENOENT { throw SystemError() }
        return
      }
      // No interface's name begins with two dots here, and only the lock's holder writes.
      try Descriptor.open("..new", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, in: folder).writeAll(Array(contents.utf8))
      guard renameat(folder, "..new", folder, name) == 0 else { throw SystemError() }
    } catch {
      throw Failure(operation: "writing \(SavedSysctls.directory)/\(name)", reason: error.description)
    }
  }
}
