// The known word that someone most likely meant by an unknown one.

/// Finds the known word nearest to an unknown one, letter case aside.
/// - Parameters:
///   - word: the unknown word.
///   - known: the candidates.
/// - Returns: nil when two are equally near, or none is near enough to be a slip of the fingers: one change for each
///   three letters.
func nearestWord(to word: String, among known: some Sequence<String>) -> String? {
  let unknown = Array(word.lowercased().utf8)
  // No known word is nearly as long, and the effort grows with the length.
  guard unknown.count <= 80 else { return nil }
  var best: (word: String, distance: Int, isAlone: Bool)?
  for candidate in known {
    let letters = Array(candidate.lowercased().utf8)
    let limit = max(1, (max(letters.count, unknown.count) + 1) / 3)
    guard abs(letters.count - unknown.count) <= limit else { continue }
    let distance = editDistance(unknown, letters)
    guard distance <= limit else { continue }
    if distance < best?.distance ?? .max {
      best = (candidate, distance, true)
    } else if distance == best?.distance {
      best?.isAlone = false
    }
  }
  return best.flatMap { $0.isAlone ? $0.word : nil }
}

/// How many insertions, deletions, replacements and swaps of neighbours turn one text into the other.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  var beforePrevious: [Int] = []
  var previous = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
      var cost = min(previous[column + 1] + 1, current[column] + 1, replaced)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        cost = min(cost, beforePrevious[column - 1] + 1)
      }
      current.append(cost)
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[right.count]
}
