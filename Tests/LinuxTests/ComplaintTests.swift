// What tools write when they fail, and what is made of it; all of it as iproute2 6.1 and nft 1.0.6 wrote it.
import Testing

@testable import Linux

@Suite("A tool's complaint") struct ComplaintTests {
  @Test("of ip names the line and the kernel's words") func ofIpNamesTheLineAndTheKernelSWords() {
    let complaint = Complaint(
      tool: .ip, output: "RTNETLINK answers: Network is unreachable\nCommand failed -:3\n", status: 2)
    #expect(complaint.line == 3)
    #expect(complaint.reason == "Network is unreachable")
  }

  @Test("of ip keeps the kernel's longer words") func ofIpKeepsTheKernelSLongerWords() {
    let complaint = Complaint(
      tool: .ip, output: "Error: Nexthop has invalid gateway.\nCommand failed -:1\n", status: 2)
    #expect(complaint.reason == "Nexthop has invalid gateway")
  }

  @Test("of tc leaves out its remarks") func ofTcLeavesOutItsRemarks() {
    let complaint = Complaint(
      tool: .tc,
      output: """
        RTNETLINK answers: File exists
        We have an error talking to the kernel
        Command failed -:2

        """, status: 1)
    #expect(complaint.line == 2)
    #expect(complaint.reason == "File exists")
  }

  @Test("of nft names the line that it underlines") func ofNftNamesTheLineThatItUnderlines() {
    let complaint = Complaint(
      tool: .nft,
      output: """
        /dev/stdin:2:5-9: Error: Could not process rule: No such file or directory
        add element ip lvs-overlap zone { "eth0.10" : 10 }
            ^^^^^

        """, status: 1)
    #expect(complaint.line == 2)
    #expect(complaint.reason == "Could not process rule: No such file or directory")
  }

  @Test("that says nothing gives the exit status") func thatSaysNothingGivesTheExitStatus() {
    #expect(Complaint(tool: .tc, output: "", status: 137).reason == "exit status 137")
  }
}
