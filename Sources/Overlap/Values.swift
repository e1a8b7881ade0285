// Words into values: what each option's arguments must look like by themselves, whatever else the file says.

extension Parser {
  // MARK: The file and its stanzas

  /// Takes in the dataplane.
  mutating func readDataplane(_ words: ArraySlice<Word>) {
    for word in words {
      let text = source.text(word)
      if let value = Dataplane(rawValue: text) {
        dataplane = Located(value: value, offset: word.offset)
      } else {
        let known = Dataplane.allCases.map(\.rawValue)
        report(
          word.offset,
          "unknown dataplane \(source.quoted(word)); \(advice(text, known) ?? "write stateless or conntrack")")
      }
    }
  }

  /// Takes in a node, unless it is declared already.
  mutating func readNode(_ words: ArraySlice<Word>) {
    nodeIndex = nil
    for word in words {
      let name = source.text(word)
      guard isLabel(name) else {
        hasUnreadableNode = true
        report(
          word.offset,
          "\(source.quoted(word)) is not a short host name; write 1 to 63 letters, digits and inner hyphens (RFC 1123)")
        continue
      }
      if let index = nodeIndices[name] {
        let line = source.line(of: nodes[index].name.offset)
        report(word.offset, "second node \"\(name)\"; line \(line) has it already")
      } else {
        nodeIndex = nodes.count
        nodeIndices[name] = nodes.count
        nodes.append(NodeDraft(name: Located(value: name, offset: word.offset)))
      }
    }
  }

  /// Takes in the name of the service that is being read.
  mutating func readService(_ words: ArraySlice<Word>) {
    for word in words {
      let name = source.text(word)
      service.offset = word.offset
      guard isLabel(name) else {
        report(
          word.offset,
          "\(source.quoted(word)) is not a service's name; write 1 to 63 letters, digits and inner hyphens")
        continue
      }
      service.name = name
      if let earlier = serviceNames[name] {
        report(word.offset, "second service \"\(name)\"; line \(source.line(of: earlier)) has it already")
      } else {
        serviceNames[name] = word.offset
      }
    }
  }

  /// Takes in the interface of the VLAN that is being read.
  mutating func readVLAN(_ words: ArraySlice<Word>) {
    for word in words {
      vlan.offset = word.offset
      let text = source.text(word)
      guard text != "lo", let name = InterfaceName(text) else {
        report(
          word.offset,
          "\(source.quoted(word)) is not a VLAN interface's name; write 1 to 15 letters, digits and . _ - @ + "
            + "(not . .. all default lo, no hyphen first)")
        continue
      }
      vlan.interface = name
      interface = name
      if let earlier = interfaceOffsets[name] {
        vlan.isRepeated = true
        report(word.offset, "second vlan \"\(name)\"; line \(source.line(of: earlier)) has it already")
      } else {
        interfaceOffsets[name] = word.offset
        interfaces.append(name)
      }
    }
  }

  // MARK: A node's options

  /// Takes in whether the node may be director.
  mutating func readDirector(_ words: ArraySlice<Word>) {
    for word in words {
      let text = source.text(word)
      guard ["yes", "no"].contains(text) else {
        report(word.offset, "director \(source.quoted(word)) is neither yes nor no")
        continue
      }
      if let nodeIndex { nodes[nodeIndex].mayDirect = Located(value: text == "yes", offset: word.offset) }
    }
  }

  /// Takes in a node's weight, 0 to 65535.
  mutating func readWeight(_ words: ArraySlice<Word>) {
    for word in words {
      let weight = number(word, Limits.weight, "weight")
      if let nodeIndex { nodes[nodeIndex].weight = weight }
    }
  }

  // MARK: A service's options

  /// Takes in virtual IPs.
  mutating func readVirtualIPs(_ words: ArraySlice<Word>) {
    for word in words { if let address = address(word) { service.addresses.append(address) } }
  }

  /// Takes in ports, 1 to 65535.
  /// - Parameters:
  ///   - words: the ports.
  ///   - name: the protocol, for messages.
  /// - Returns: those that were understood.
  mutating func readPorts(_ words: ArraySlice<Word>, protocol name: String) -> [Located<UInt16>] {
    words.compactMap { number($0, Limits.port, "\(name) port") }.map {
      Located(value: UInt16($0.value), offset: $0.offset)
    }
  }

  /// Takes in the name of one of IPVS's schedulers.
  mutating func readScheduler(_ words: ArraySlice<Word>) {
    for word in words {
      let text = source.text(word)
      if Limits.schedulers.contains(text) {
        service.scheduler = text
      } else {
        let list = "IPVS has \(Limits.schedulers.joined(separator: ", "))"
        report(word.offset, "unknown scheduler \(source.quoted(word)); \(advice(text, Limits.schedulers) ?? list)")
      }
    }
  }

  /// Takes in the kind of health check, with its path if it has one.
  mutating func readCheck(_ words: ArraySlice<Word>) {
    guard let kind = words.first else { return }
    let path = words.dropFirst().first
    let text = source.text(kind)
    switch (text, path) {
    case ("tcp", nil): service.check = Located(value: .tcp, offset: kind.offset)
    case ("none", nil): service.check = Located(value: .none, offset: kind.offset)
    case ("http", let path?):
      if path.end - path.start > Limits.path {
        report(
          path.offset, "path of \(path.end - path.start) bytes; keepalived takes at most \(Limits.path)")
      } else if isPath(source.text(path)) {
        service.check = Located(value: .http(path: source.text(path)), offset: kind.offset)
      } else {
        report(
          path.offset,
          "\(source.quoted(path)) is not a path to ask for; it begins with / and has %XX for all but letters, digits "
            + "and / - . _ ~ ? & = + , ; : @ ( ) * '")
      }
    case ("http", nil): report(kind.offset, "check http has no path; the form is: check http PATH")
    case ("tcp", let path?), ("none", let path?):
      report(path.offset, "too much from \(source.quoted(path)) on; the form is: check \(text)")
    default:
      let known = ["tcp", "http", "none"]
      report(
        kind.offset, "unknown check \(source.quoted(kind)); \(advice(text, known) ?? "write tcp, http PATH or none")")
    }
  }

  /// Takes in a service's number, 1 to 99.
  mutating func readServiceNumber(_ words: ArraySlice<Word>) {
    for word in words {
      service.number = number(word, Limits.serviceNumber, "number", "fwmarks are number x 10000 + id")
    }
  }

  // MARK: A VLAN's options

  /// Takes in a label for people.
  mutating func readSite(_ words: ArraySlice<Word>) {
    for word in words {
      vlan.site = source.text(word)
      if word.start == word.end { report(word.offset, "empty site; write a label or leave the option out") }
    }
  }

  /// Takes in a client subnet and a unique subnet of the same length, 1 to 32.
  mutating func readNetmap(_ words: ArraySlice<Word>) {
    guard let first = words.first, let second = words.last else { return }
    let client = prefix(first)
    let unique = prefix(second)
    guard let client, let unique else { return }
    guard client.value.length == unique.value.length else {
      report(
        unique.offset,
        "unique subnet \(unique.value) and client subnet \(client.value) have different lengths; netmap needs as many "
          + "addresses on both sides")
      return
    }
    vlan.netmaps.append(NetmapDraft(client: client, unique: unique))
    // Once is enough, however many there are.
    if vlan.netmaps.count == Limits.netmaps + 1 {
      report(
        first.offset,
        "more than \(Limits.netmaps) netmaps; the kernel runs at most \(Limits.netmaps) actions in a filter, so join "
          + "adjacent subnets")
    }
  }

  /// Takes in the router's address.
  mutating func readGateway(_ words: ArraySlice<Word>) {
    for word in words { vlan.gateway = address(word) }
  }

  /// Takes in the vip, whose prefix is the VLAN's; its length is 1 to 29.
  mutating func readVIP(_ words: ArraySlice<Word>) {
    for word in words {
      guard let vip = interfaceAddress(word) else { continue }
      guard Limits.linkLength.contains(vip.value.length) else {
        report(
          word.offset,
          "prefix length of vip \(vip.value) is not 1 to 29; it is the VLAN's, with room for gateway, vip and nodes")
        continue
      }
      vlan.vip = vip
    }
  }

  /// Takes in a node's name and its address; whether there is such a node shows at the end of the file.
  mutating func readNodeAddress(_ words: ArraySlice<Word>) {
    guard let node = words.first, let address = words.last else { return }
    vlan.addresses.append(
      AddressDraft(
        node: Located(value: source.text(node), offset: node.offset), address: interfaceAddress(address)))
  }

  /// Takes in the preferred node's name.
  mutating func readPrefer(_ words: ArraySlice<Word>) {
    for word in words { vlan.prefer = Located(value: source.text(word), offset: word.offset) }
  }

  /// Takes in a router-id, 1 to 255.
  mutating func readRouterID(_ words: ArraySlice<Word>) {
    for word in words { vlan.routerID = number(word, Limits.routerID, "router-id") }
  }

  /// Takes in an id, 1 to 4999.
  mutating func readID(_ words: ArraySlice<Word>) {
    for word in words {
      vlan.id = number(
        word, Limits.id, "id", "conntrack zone 0 is reserved, and above 4999 rule preferences would meet")
    }
  }

  // MARK: Kinds of values

  /// Reads a decimal number; a leading zero is refused, since nobody knows whether octal was meant.
  private mutating func number(
    _ word: Word, _ range: ClosedRange<Int>, _ name: String, _ reason: String? = nil
  ) -> Located<Int>? {
    if let value = decimal(source.bytes[word.start..<word.end]), range.contains(value) {
      return Located(value: value, offset: word.offset)
    }
    report(
      word.offset,
      "\(name) \(source.quoted(word)) is not a number from \(range.lowerBound) to \(range.upperBound)"
        + (reason.map { ": \($0)" } ?? ""))
    return nil
  }

  private mutating func address(_ word: Word) -> Located<IPv4Address>? {
    let bytes = source.bytes[word.start..<word.end]
    if bytes.contains(UInt8(ascii: "/")) {
      report(word.offset, "\(source.quoted(word)) has a prefix length; write the address alone")
      return nil
    }
    guard let address = address(word, bytes), isUnicast(IPv4Prefix(address, length: 32), word) else { return nil }
    return Located(value: address, offset: word.offset)
  }

  private mutating func interfaceAddress(_ word: Word) -> Located<IPv4InterfaceAddress>? {
    guard let (address, length) = addressAndLength(word) else { return nil }
    let value = IPv4InterfaceAddress(address, length: length)
    guard isUnicast(value.prefix, word) else { return nil }
    if let complaint = notAHost(address, in: value.prefix) {
      report(word.offset, "\(value) \(complaint)")
      return nil
    }
    return Located(value: value, offset: word.offset)
  }

  private mutating func prefix(_ word: Word) -> Located<IPv4Prefix>? {
    guard let (address, length) = addressAndLength(word) else { return nil }
    let prefix = IPv4Prefix(address, length: length)
    guard prefix.first == address else {
      report(word.offset, "\(source.quoted(word)) has host bits set; write \(prefix)")
      return nil
    }
    return isUnicast(prefix, word) ? Located(value: prefix, offset: word.offset) : nil
  }

  private mutating func addressAndLength(_ word: Word) -> (IPv4Address, length: Int)? {
    let bytes = source.bytes[word.start..<word.end]
    guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else {
      report(word.offset, "\(source.quoted(word)) has no prefix length; write ADDRESS/LENGTH")
      return nil
    }
    guard let address = address(word, bytes[..<slash]) else { return nil }
    guard let length = decimal(bytes[(slash + 1)...]), (1...32).contains(length) else {
      report(word.offset, "\(source.quoted(word)) has a prefix length that is not a number from 1 to 32")
      return nil
    }
    return (address, length)
  }

  private mutating func address(_ word: Word, _ bytes: ArraySlice<UInt8>) -> IPv4Address? {
    // Fifteen bytes are both the longest address and what a String holds without an allocation.
    if bytes.count <= 15, let address = IPv4Address(String(decoding: bytes, as: UTF8.self)) { return address }
    let hasLeadingZero = bytes.split(separator: UInt8(ascii: ".")).contains { part in
      part.count > 1 && part.first == UInt8(ascii: "0")
        && part.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }
    report(
      word.offset,
      hasLeadingZero
        ? "\(source.quoted(word)) has a leading zero, which other programs read as octal; write it without"
        : "\(source.quoted(word)) is not an IPv4 address; write four numbers from 0 to 255 with dots between")
    return nil
  }

  private mutating func isUnicast(_ prefix: IPv4Prefix, _ word: Word) -> Bool {
    for (other, meaning) in Limits.notUnicast where other.overlaps(prefix) {
      report(word.offset, "\(source.quoted(word)) is not unicast: \(other) is \(meaning)")
      return false
    }
    return true
  }

  /// What keeps an address from being a host's, if anything: a prefix's first and last address mean the network.
  func notAHost(_ address: IPv4Address, in prefix: IPv4Prefix) -> String? {
    guard prefix.length <= 30 else { return nil }
    let advice = "write one between \(prefix.first) and \(prefix.last)"
    if address == prefix.first { return "is the network address of its prefix; \(advice)" }
    if address == prefix.last { return "is the broadcast address of its prefix; \(advice)" }
    return nil
  }

  /// Reads decimal digits without a leading zero, at most nine.
  private func decimal(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first, bytes.count <= 9, first != UInt8(ascii: "0") || bytes.count == 1 else { return nil }
    var value = 0
    for byte in bytes {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private func isLabel(_ text: String) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (1...63).contains(text.utf8.count) && text.utf8.first != hyphen && text.utf8.last != hyphen
      && text.utf8.allSatisfy { $0 == hyphen || isAlphanumeric($0) }
  }

  /// Whether keepalived can ask for a path as it stands: RFC 3986's characters but `!` and `$`, which begin a comment
  /// and a variable there.
  private func isPath(_ text: String) -> Bool {
    text.utf8.first == UInt8(ascii: "/")
      && text.utf8.allSatisfy { isAlphanumeric($0) || "/-._~%?&=+,;:@()*'".utf8.contains($0) }
  }

  private func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }

  /// The question whether a known word was meant, if one is near.
  func advice(_ word: String, _ known: some Sequence<String>) -> String? {
    nearestWord(to: word, among: known).map { "did you mean \"\($0)\"?" }
  }
}
