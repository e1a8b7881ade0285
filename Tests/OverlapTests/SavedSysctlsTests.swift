// The files in /run/lvs-overlap.
import Testing

@testable import Overlap

@Suite("Saved sysctls") struct SavedSysctlsTests {
  @Test("are read back as they were written") func areReadBackAsTheyWereWritten() throws {
    let saved = SavedSysctls(
      interfaces: [
        try interface("eth0.10"): .init(
          index: 7, values: [Sysctl("net/ipv4/conf/eth0.10/arp_ignore"): "0"],
          needs: [Sysctl("net/ipv4/vs/sloppy_tcp")])
      ],
      shared: [Sysctl("net/ipv4/vs/sloppy_tcp"): "0"])
    #expect(
      saved.files == [
        "eth0.10": """
        index 7
        was net/ipv4/conf/eth0.10/arp_ignore 0
        needs net/ipv4/vs/sloppy_tcp

        """,
        "all": "was net/ipv4/vs/sloppy_tcp 0\n",
      ])
    #expect(SavedSysctls(files: saved.files) == saved)
  }

  @Test("of a device that was made anew are forgotten") func ofADeviceThatWasMadeAnewAreForgotten() throws {
    let slice = try slices(guideCluster())[0]
    var live = started([slice])
    live.links[slice.interface] = LiveState.Link(index: 99)
    live.sysctls[Sysctl("net/ipv4/conf/eth0.10/arp_ignore")] = "2"
    let target = Target(slices: [slice], scope: [slice.interface], live: live)
    #expect(target.saved.interfaces[slice.interface]?.index == 99)
    #expect(target.saved.interfaces[slice.interface]?.values[Sysctl("net/ipv4/conf/eth0.10/arp_ignore")] == "2")
  }

  @Test("with lines that make no sense are read as far as they do") func withLinesThatMakeNoSenseAreReadAsFarAsTheyDo()
    throws
  {
    let onlyTheInterface = SavedSysctls(interfaces: [try interface("eth0.10"): .init(index: 0)])
    #expect(
      SavedSysctls(files: ["eth0.10": "index x\nwas\n\u{0}\nneeds a b\nwas a\n", "no/name": "index 1"])
        == onlyTheInterface)
  }
}
