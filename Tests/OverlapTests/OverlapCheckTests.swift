// The one-pass overlap check against the plain one that compares each claim with every other.

import Testing

@testable import Overlap

/// A generator of numbers that are the same in every run (xorshift64*, Vigna 2016).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// - Parameter seed: any number but 0.
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 2_685_821_657_736_338_717
  }
}

@Suite("Overlaps are found in one pass")
struct OverlapCheckTests {
  @Test(
    "Unique subnets clash with everything, links with links, client subnets with nothing else",
    arguments: [
      (Claim.Kind.client, Claim.Kind.client, false), (.client, .unique, true), (.client, .link, false),
      (.unique, .client, true), (.unique, .unique, true), (.unique, .link, true), (.link, .client, false),
      (.link, .unique, true), (.link, .link, true),
    ])
  func kinds(first: Claim.Kind, second: Claim.Kind, clash: Bool) {
    let wide = IPv4Prefix(IPv4Address(bits: 0x0a00_0000), length: 8)
    let narrow = IPv4Prefix(IPv4Address(bits: 0x0a01_0000), length: 16)
    for (one, other) in [(wide, narrow), (narrow, wide), (wide, wide)] {
      let claims = [
        Claim(prefix: one, kind: first, offset: 0, vlan: 0), Claim(prefix: other, kind: second, offset: 1, vlan: 1),
      ]
      let found = clashes(among: claims)
      #expect(found.map(\.later) == (clash ? [1] : []))
      #expect(found.map(\.earlier) == (clash ? [0] : []))
    }
  }

  @Test("Each claim that clashes with an earlier one is found, with the earliest")
  func oracle() {
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<2000 {
      let claims = (0..<Int.random(in: 0...24, using: &generator)).map { index in
        let address = IPv4Address(bits: UInt32.random(in: 0..<64, using: &generator))
        let length = Int.random(in: 26...32, using: &generator)
        let kind = Claim.Kind.allCases.randomElement(using: &generator) ?? .unique
        return Claim(prefix: IPv4Prefix(address, length: length), kind: kind, offset: index, vlan: index)
      }
      let plain = claims.indices.compactMap { later in
        claims.indices.prefix(later).first { earlier in
          claims[earlier].prefix.overlaps(claims[later].prefix)
            && claims[later].kind.clashing[claims[earlier].kind.rawValue]
        }.map { [later, $0] }
      }
      #expect(clashes(among: claims).map { [$0.later, $0.earlier] }.sorted { $0[0] < $1[0] } == plain)
    }
  }
}
