// What calls come down to: ifupdown's environment, and people's arguments.
import Testing

@testable import Overlap

private func invocation(_ arguments: String..., environment: [String: String] = [:]) -> Invocation {
  Invocation(arguments: arguments) { environment[$0] }
}

@Suite("As a hook") struct AsAHook {
  @Test("MODE and IFACE make the request") func mODEAndIFACEMakeTheRequest() throws {
    var expected = Request(.start, .named([try interface("eth0.10")]))
    expected.isHook = true
    #expect(invocation(environment: ["IFACE": "eth0.10", "MODE": "start"]) == .change(expected))
    expected.action = .stop
    expected.verbose = true
    #expect(invocation(environment: ["IFACE": "eth0.10", "MODE": "stop", "VERBOSITY": "1"]) == .change(expected))
  }

  @Test(
    "other interfaces are not our concern",
    arguments: ["lo", "--all", "eth0:1", "", "..", "all", "a name", "sixteen-letters-"])
  func otherInterfacesAreNotOurConcern(name: String) {
    #expect(invocation(environment: ["IFACE": name, "MODE": "start"]) == .notConcerned)
  }

  @Test("other modes are not our concern") func otherModesAreNotOurConcern() {
    #expect(invocation(environment: ["IFACE": "eth0.10", "MODE": "restart"]) == .notConcerned)
  }
}

@Suite("By hand") struct ByHand {
  @Test("a command and interfaces make the request") func aCommandAndInterfacesMakeTheRequest() throws {
    var expected = Request(.restart, .named([try interface("eth0.10"), try interface("eth0.20")]))
    expected.perspective = Perspective(file: "/tmp/a", node: "lvsb")
    expected.noAct = true
    #expect(
      invocation("restart", "-nc", "/tmp/a", "eth0.10", "--node=lvsb", "eth0.20", "eth0.10") == .change(expected))
    #expect(invocation("start", "--all") == .change(Request(.start, .all)))
  }

  @Test(
    "what makes no sense is said",
    arguments: [
      ([], "no command, and no IFACE and MODE in the environment"),
      (["begin"], "unknown command begin"),
      (["start"], "start needs an interface, or --all"),
      (["start", "--all", "eth0.10"], "--all goes without interfaces"),
      (["start", "eth0/10"], "eth0/10 cannot be an interface's name"),
      (["start", "--al"], "unknown option --al"),
      (["start", "-x"], "unknown option -x"),
      (["start", "eth0.10", "--config"], "--config needs FILE"),
      (["start", "--all=yes"], "--all takes no argument"),
    ])
  func whatMakesNoSenseIsSaid(arguments: [String], message: String) {
    #expect(Invocation(arguments: arguments) { _ in nil } == .usage(message))
  }

  @Test("render takes the name of a document") func renderTakesADocument() {
    #expect(invocation("render", "keepalived") == .render(.keepalived, Perspective(file: "/etc/lvs-overlap.conf")))
    #expect(
      invocation("render", "--node", "lvsb", "-c", "there", "rt_tables")
        == .render(.routingTables, Perspective(file: "there", node: "lvsb")))
    #expect(invocation("render") == .usage("render needs one of keepalived|defaults|interfaces|rt_tables|sysctl"))
    #expect(
      invocation("render", "hosts") == .usage("render needs one of keepalived|defaults|interfaces|rt_tables|sysctl"))
    #expect(invocation("render", "-n", "interfaces") == .usage("render goes without --no-act"))
  }

  @Test("check takes the file and the node alone") func checkTakesNoArguments() {
    #expect(invocation("check", "-c", "there", "--node=lvsb") == .check(Perspective(file: "there", node: "lvsb")))
    #expect(invocation("check", "eth0.10") == .usage("check takes no arguments"))
    #expect(invocation("check", "--all") == .usage("check goes without --all"))
  }

  @Test("help and version come first") func helpAndVersionComeFirst() {
    #expect(invocation("start", "-h") == .help)
    #expect(invocation("--version") == .version)
  }

  @Test("help is the table of options") func helpIsTheTableOfOptions() {
    #expect(
      Invocation.helpText == """
        Usage: lvs-overlap start|stop|restart [OPTION]... IFACE...|--all
               lvs-overlap render [OPTION]... keepalived|defaults|interfaces|rt_tables|sysctl
               lvs-overlap check [OPTION]...
               IFACE=... MODE=start|stop lvs-overlap     (as ifupdown calls it)

          -a, --all             every VLAN of the file; with stop, also all that is left of others
          -c, --config FILE     read FILE instead of /etc/lvs-overlap.conf
          --node NAME           be this node, whatever the host's name is
          -n, --no-act          print what would be done, as a script, and do nothing
          -v, --verbose         print what is done
          -h, --help            print this
          --version             print the version

        Exit status: 0 done or not concerned, 1 failed, 64 usage, 78 configuration.
        """)
  }
}
