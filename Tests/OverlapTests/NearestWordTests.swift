// Which known word an unknown one is taken for.

import Testing

@testable import Overlap

@Suite("The nearest known word is the one that was meant")
struct NearestWordTests {
  @Test(
    "One slip in three letters is forgiven, more is not, and neither is a choice between two",
    arguments: [
      ("gatway", "gateway"), ("gatewya", "gateway"), ("GATEWAY", "gateway"), ("gateeway", "gateway"),
      ("gaetwy", "gateway"),
      ("routerid", "router-id"), ("vi", "vip"), ("ip", nil), ("tcp", nil), ("", nil), ("g", nil), ("way", nil),
      (String(repeating: "gateway", count: 1000), nil),
    ] as [(String, String?)])
  func nearest(word: String, meant: String?) {
    #expect(nearestWord(to: word, among: ["gateway", "vip", "id", "router-id"]) == meant)
  }
}
