// swift-tools-version: 6.0
import PackageDescription

// Three targets, and the import rule is the architecture: Overlap imports nothing but the standard library, Linux alone
// has effects, and the executable joins them. Swift language mode 6 is what this tools version means.
let package = Package(
  name: "lvs-overlap",
  targets: [
    .target(name: "Overlap"),
    .target(name: "Linux", dependencies: ["Overlap"]),
    .executableTarget(name: "lvs-overlap", dependencies: ["Overlap", "Linux"]),
    .testTarget(name: "OverlapTests", dependencies: ["Overlap"]),
    .testTarget(name: "LinuxTests", dependencies: ["Linux", "Overlap"]),
  ]
)
