// Which of many prefixes clash, in one pass over the sorted prefixes: two prefixes are disjoint, or one holds the other.

/// A range of addresses that something in the file lays claim to.
struct Claim: Sendable {
  /// What the range is for.
  enum Kind: Int, Sendable, CaseIterable {
    /// What the clients of one site call themselves.
    case client
    /// What the servers see instead.
    case unique
    /// The network between a VLAN's router and the nodes.
    case link

    /// What may not share an address with it, as a mask over the kinds.
    ///
    /// - Client subnets of different sites overlap freely: that is what this program is for.
    /// - A unique subnet stands for one site alone, everywhere.
    /// - Two links with the same addresses leave the node with two routes to each; a site may well use for itself what
    ///   is another site's link, since its packets are translated before they are routed.
    var clashing: SIMDMask<SIMD4<Int>.MaskStorage> {
      switch self {
      case .client: [false, true, false, false]
      case .unique: [true, true, true, false]
      case .link: [false, true, true, false]
      }
    }

    /// What messages call it.
    var name: String {
      switch self {
      case .client: "client subnet"
      case .unique: "unique subnet"
      case .link: "VLAN prefix"
      }
    }
  }

  /// The range.
  var prefix: IPv4Prefix
  /// What the range is for.
  var kind: Kind
  /// The word in the file.
  var offset: Int
  /// The VLAN, as an index into the parser's drafts.
  var vlan: Int
}

/// Finds the claims that clash with an earlier one.
/// - Parameter claims: in the file's order.
/// - Returns: each claim that clashes with an earlier one, and the earliest that it clashes with, as indices.
func clashes(among claims: [Claim]) -> [(later: Int, earlier: Int)] {
  /// A prefix whose range the sweep is in; per kind, the earliest claim that holds it and that it holds.
  struct Open {
    var index: Int
    var last: IPv4Address
    var outside: SIMD4<Int>
    var inside: SIMD4<Int>
  }
  let none = SIMD4<Int>(repeating: .max)
  var found: [(later: Int, earlier: Int)] = []
  var open: [Open] = []
  func close(_ claim: Open) {
    let near = pointwiseMin(claim.outside, claim.inside)
    let earliest = near.replacing(with: .max, where: .!claims[claim.index].kind.clashing).min()
    if earliest < claim.index { found.append((claim.index, earliest)) }
    if let parent = open.indices.last { open[parent].inside = pointwiseMin(open[parent].inside, claim.inside) }
  }
  for index in claims.indices.sorted(by: { (claims[$0].prefix, $0) < (claims[$1].prefix, $1) }) {
    let prefix = claims[index].prefix
    while let top = open.last, top.last < prefix.first {
      open.removeLast()
      close(top)
    }
    var own = none
    own[claims[index].kind.rawValue] = index
    var outside = none
    if let parent = open.last {
      outside = parent.outside
      let kind = claims[parent.index].kind.rawValue
      outside[kind] = min(outside[kind], parent.index)
    }
    open.append(Open(index: index, last: prefix.last, outside: outside, inside: own))
  }
  while let top = open.popLast() { close(top) }
  return found
}
