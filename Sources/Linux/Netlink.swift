// A netlink socket: requests and dumps, and the attributes in what the kernel answers (netlink(7)).
import Glibc
import Overlap

/// A request in the kernel's binary form.
struct NetlinkRequest {
  /// The bytes after the header.
  private(set) var body: [UInt8]
  /// The message type.
  let type: UInt16
  /// NLM_F_ flags beside NLM_F_REQUEST.
  let flags: UInt16

  /// Starts a request.
  /// - Parameters:
  ///   - type: the message type.
  ///   - flags: NLM_F_ flags beside NLM_F_REQUEST.
  ///   - header: the family's own fixed header.
  init(type: UInt16, flags: UInt16, header: [UInt8]) {
    self.type = type
    self.flags = flags
    self.body = header
  }

  /// Adds an attribute, padded to four bytes.
  mutating func append(_ type: UInt16, _ payload: [UInt8]) {
    body += bytes(UInt16(4 + payload.count)) + bytes(type) + payload
    body += [UInt8](repeating: 0, count: -payload.count & 3)
  }
}

/// An integer's bytes in the host's order.
func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

/// A window on bytes that the kernel sent.
struct Payload {
  /// The bytes.
  let bytes: ArraySlice<UInt8>

  /// How many there are.
  var count: Int { bytes.count }

  /// Reads an integer in the host's order.
  /// - Returns: 0 past the end, as for an attribute of a kernel that knows less.
  func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int = 0, as: Integer.Type = Integer.self
  ) -> Integer {
    guard offset + MemoryLayout<Integer>.size <= bytes.count else { return 0 }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Integer.self) }
  }

  /// Reads an integer in network order.
  func bigEndian<Integer: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int = 0, as: Integer.Type = Integer.self
  ) -> Integer {
    Integer(bigEndian: integer(at: offset))
  }

  /// Reads text up to the final zero.
  var text: String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

  /// What lies behind a fixed header.
  func after(_ count: Int) -> Payload { Payload(bytes: bytes.dropFirst(count)) }

  /// The attributes that the bytes hold, one after the other, in order; unsound ones end the list.
  var attributes: [(type: UInt16, payload: Payload)] {
    var found: [(type: UInt16, payload: Payload)] = []
    var rest = self
    while rest.count >= 4 {
      let length = Int(rest.integer(as: UInt16.self))
      guard length >= 4, length <= rest.count else { break }
      // NLA_TYPE_MASK: the two upper bits are flags (linux/netlink.h).
      found.append(
        (rest.integer(at: 2, as: UInt16.self) & 0x3fff, Payload(bytes: rest.bytes.prefix(length).dropFirst(4))))
      rest = rest.after((length + 3) & ~3)
    }
    return found
  }

  /// The first attribute of a type.
  func attribute(_ type: UInt16) -> Payload? { attributes.first { $0.type == type }?.payload }
}

/// A socket to one of the kernel's netlink families.
struct NetlinkSocket: ~Copyable {
  /// NETLINK_ROUTE and NETLINK_NETFILTER in linux/netlink.h.
  enum Family: Int32 {
    case route = 0
    case netfilter = 12
  }

  /// NLM_F_ flags of linux/netlink.h.
  enum Flag {
    static let request: UInt16 = 1
    static let acknowledge: UInt16 = 4
    static let echo: UInt16 = 8
    static let dump: UInt16 = 0x300
    /// In an answer: the kernel's list changed while it was being read.
    static let interrupted: UInt16 = 0x10
  }

  private let socket: Descriptor
  private var buffer: [UInt8]

  /// Opens a socket.
  init(_ family: Family) throws(SystemError) {
    socket = try Descriptor(Glibc.socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), family.rawValue))
    // SOL_NETLINK 270, NETLINK_GET_STRICT_CHK 12 (linux/netlink.h): dumps honour their filters. Kernels before 4.20 do
    // without it, and what they send too much is passed over.
    var one: Int32 = 1
    setsockopt(socket.number, 270, 12, &one, socklen_t(MemoryLayout<Int32>.size))
    // The kernel fills at most 32 KiB of a dump at a time (NLMSG_GOODSIZE and netlink_dump).
    buffer = [UInt8](repeating: 0, count: 32768)
  }

  /// Asks, and collects what the kernel answers, without headers, up to the end of the dump or the acknowledgement.
  /// - Throws: the kernel's refusal.
  mutating func ask(_ request: NetlinkRequest) throws(SystemError) -> [Payload] {
    // A list that changed under our eyes is read again; other programs cannot keep that up for long.
    for _ in 0..<16 {
      if let answers = try askOnce(request) { return answers }
    }
    throw SystemError(EAGAIN)
  }

  private mutating func askOnce(_ request: NetlinkRequest) throws(SystemError) -> [Payload]? {
    let header =
      bytes(UInt32(16 + request.body.count)) + bytes(request.type)
      + bytes(request.flags | Flag.request | Flag.acknowledge)
      + bytes(UInt32(1)) + bytes(UInt32(0))
    let message = header + request.body
    guard send(socket.number, message, message.count, 0) == message.count else { throw SystemError() }

    var answers: [Payload] = []
    var interrupted = false
    while true {
      let count = recv(socket.number, &buffer, buffer.count, 0)
      if count < 0 {
        guard errno == EINTR else { throw SystemError() }
        continue
      }
      // A copy, since answers outlive the buffer's next use.
      var rest = Payload(bytes: Array(buffer[..<count])[...])
      while rest.count >= 16 {
        let length = Int(rest.integer(as: UInt32.self))
        guard length >= 16, length <= rest.count else { break }
        let type: UInt16 = rest.integer(at: 4)
        if rest.integer(at: 6, as: UInt16.self) & Flag.interrupted != 0 { interrupted = true }
        let body = Payload(bytes: rest.bytes.prefix(length).dropFirst(16))
        switch type {
        case 2:  // NLMSG_ERROR: a negative errno, or 0 to acknowledge.
          let code: Int32 = body.integer()
          if code != 0 { throw SystemError(-code) }
          return interrupted ? nil : answers
        case 3:  // NLMSG_DONE, which carries an error's number too.
          let code: Int32 = body.integer()
          if code < 0 { throw SystemError(-code) }
          return interrupted ? nil : answers
        default: answers.append(body)
        }
        rest = rest.after((length + 3) & ~3)
      }
    }
  }
}
