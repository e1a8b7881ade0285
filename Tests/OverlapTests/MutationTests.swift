// What no one would write: whatever the bytes are, the parser ends, points into the file, and lets nothing unsound through.

import Testing

@testable import Overlap

@Suite("No file brings the parser down")
struct MutationTests {
  /// Eight parts, so that the machine's cores share the work.
  @Test("100,000 damaged files are read, and what is accepted of them is sound", arguments: 1...8)
  func mutations(part: UInt64) throws {
    let original = Array(guideFile.utf8)
    var generator = SeededGenerator(seed: part)
    for number in 0..<12_500 {
      var bytes = original
      for _ in 0...Int.random(in: 0...3, using: &generator) { mutate(&bytes, &generator) }
      let file = ConfigurationFile(parsing: bytes)
      // One expectation for each file would take longer than the parser does.
      if let complaint = complaint(about: file, bytes) {
        Issue.record("part \(part), file \(number): \(complaint)\n\(String(decoding: bytes, as: UTF8.self))")
        return
      }
    }
  }

  @Test("Random bytes are read")
  func noise() {
    var generator = SeededGenerator(seed: 4)
    for length in 0..<500 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(complaint(about: ConfigurationFile(parsing: bytes), bytes) == nil)
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
    case 2: bytes.removeSubrange(place..<min(place + Int.random(in: 1...8, using: &generator), bytes.count))
    case 3: bytes.insert(Array("\"\\\n\r #/.-0129a".utf8).randomElement(using: &generator) ?? 0, at: place)
    case 4: bytes[place] = Array("\"\\\n\r #/.-0129a".utf8).randomElement(using: &generator) ?? 0
    case 5: bytes.removeSubrange(place...)
    default:
      var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let from = Int.random(in: lines.indices, using: &generator)
      let to = Int.random(in: lines.indices, using: &generator)
      if Bool.random(using: &generator) { lines.swapAt(from, to) } else { lines.insert(lines[from], at: to) }
      bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
  }

  /// What is wrong with a result, if anything.
  private func complaint(about file: ConfigurationFile, _ bytes: [UInt8]) -> String? {
    if !file.diagnostics.isEmpty {
      let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      var last = (line: 1, column: 1)
      for error in file.diagnostics {
        guard (1...lines.count).contains(error.line), (1...(lines[error.line - 1].count + 1)).contains(error.column)
        else { return "\(error) is outside the file" }
        guard last <= (error.line, error.column) else { return "\(error) is out of order" }
        guard !error.message.isEmpty, error.message.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
          return "\(error) is not a line of text"
        }
        last = (error.line, error.column)
      }
    }
    let spoilt = file.diagnostics.compactMap(\.interface)
    guard spoilt.allSatisfy(file.interfaces.contains) else { return "an error is in a VLAN that is not in the file" }
    guard Set(file.interfaces).count == file.interfaces.count else { return "an interface is in the file twice" }
    let configuration = file.configuration
    let isSpoilt = file.diagnostics.contains { $0.interface == nil }
    guard configuration.vlans.allSatisfy({ !spoilt.contains($0.interface) }) else { return "a faulty VLAN is in force" }
    if !isSpoilt {
      guard configuration.vlans.map(\.interface) == file.interfaces.filter({ !spoilt.contains($0) }) else {
        return "a VLAN without an error is not in force"
      }
      return unsoundness(of: configuration)
    }
    return nil
  }

  /// What a configuration without an error of the file must not have, and has.
  private func unsoundness(of configuration: Configuration) -> String? {
    let vlans = configuration.vlans
    if configuration.dataplane == .conntrack, configuration.nodes.count != 2, !vlans.isEmpty { return "conntrack" }
    let nodes = Set(configuration.nodes.map(\.name))
    if nodes.count != configuration.nodes.count { return "nodes" }
    if !nodes.isEmpty, !configuration.nodes.contains(where: \.mayDirect) { return "no director" }
    if Set(vlans.map(\.id)).count != vlans.count { return "ids" }
    if configuration.services.isEmpty, !vlans.isEmpty { return "no service" }
    for service in configuration.services {
      if service.addresses.isEmpty || (service.tcp + service.udp).isEmpty { return "a service without something" }
      if !(1...99).contains(service.number) { return "a service's number" }
    }
    for vlan in vlans {
      if Set(vlan.addresses.keys) != nodes || vlan.addresses.isEmpty { return "addresses" }
      if !(1...4999).contains(vlan.id) { return "an id" }
      if let prefer = vlan.prefer, !configuration.nodes.contains(where: { $0.name == prefer && $0.mayDirect }) {
        return "a preferred node"
      }
      let hosts = [vlan.gateway, vlan.vip.address] + vlan.addresses.values.map(\.address)
      if Set(hosts).count != hosts.count || !hosts.allSatisfy(vlan.vip.prefix.contains) { return "hosts" }
      if vlan.netmaps.isEmpty || vlan.netmaps.contains(where: { $0.client.length != $0.unique.length }) {
        return "netmaps"
      }
      for unique in vlan.netmaps.map(\.unique) {
        for other in vlans {
          if other.netmaps.contains(where: { $0.client.overlaps(unique) }) {
            return "a unique subnet that is a client's"
          }
          let isShared = other.netmaps.contains { $0.unique.overlaps(unique) && $0.unique != unique }
          if isShared || other.vip.prefix.overlaps(unique) { return "a unique subnet that is not unique" }
          if other != vlan, other.netmaps.contains(where: { $0.unique == unique }) { return "a unique subnet of two" }
        }
      }
    }
    return nil
  }
}
