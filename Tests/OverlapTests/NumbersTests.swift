// The numbers that mark what is ours, and the way back from them to the VLAN.

import Testing

@testable import Overlap

@Suite("A VLAN's numbers lead back to its id") struct NumbersTests {
  @Test("For every id that the file may give") func everyID() {
    for id in Limits.id {
      let numbers = Numbers(id: id)
      let preferences = [numbers.peerPreference, numbers.gatewayPreference, numbers.returnPreference]
      #expect(preferences.map(Numbers.id(ofRulePreference:)) == [id, id, id])
      #expect([numbers.gatewayTable, numbers.peerTable].map(Numbers.id(ofTable:)) == [id, id])
    }
  }

  @Test("And a number between the ranges leads nowhere", arguments: [9999, 10000, 15000, 20000, 25000] as [UInt32])
  func between(number: UInt32) {
    #expect(Numbers.id(ofRulePreference: number) == nil)
    #expect(Numbers.id(ofTable: number) == nil)
  }
}
