// The program's version.

/// As `--version` prints it.
let version = "0.1.0"
