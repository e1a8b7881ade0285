// The files of other programs that the cluster's file determines, by the names that render knows them by.

/// A file of another program that can be rendered.
public enum Document: String, Sendable, CaseIterable {
  /// keepalived's: who is director, and where requests go.
  case keepalived
  /// Its arguments, in Debian's file for them.
  case keepalivedDefaults = "defaults"
  /// ifupdown's: virtual IPs, trunks, VLANs.
  case interfaces
  /// iproute2's names of our routing tables.
  case routingTables = "rt_tables"
  /// The kernel's settings of the VLANs' interfaces.
  case sysctl

  /// Where it belongs.
  public var path: String {
    switch self {
    case .keepalived: "/etc/keepalived/keepalived.conf"
    case .keepalivedDefaults: "/etc/default/keepalived"
    case .interfaces: "/etc/network/interfaces.d/lvs-overlap"
    case .routingTables: "/etc/iproute2/rt_tables.d/lvs-overlap.conf"
    case .sysctl: "/etc/sysctl.d/90-lvs-overlap.conf"
    }
  }
}

extension Configuration {
  /// Renders a document for one node.
  ///
  /// It begins with a comment that says what it is and how it comes about.
  /// - Parameters:
  ///   - document: which one.
  ///   - node: one of the nodes.
  ///   - file: the path of the file that this configuration is from.
  /// - Returns: the whole text.
  /// - Throws: what the file lacks for it.
  public func rendered(_ document: Document, node: String, file: String) throws(Failure) -> String {
    let items: [ConfigurationItem]
    switch document {
    case .keepalived: items = try keepalived(node: node)
    case .keepalivedDefaults: items = keepalivedDefaults
    case .interfaces: items = interfacesFile(node: node)
    case .routingTables: items = routingTableNames
    case .sysctl: items = sysctlFile(node: node)
    }
    return """
      # \(document.path) of \(node).
      # Rendered by "lvs-overlap render \(document.rawValue)" from \(file): edit that, and render again.

      """ + items.map { $0.text(indentation: "") }.joined()
  }
}

/// A piece of a configuration file.
enum ConfigurationItem: Equatable {
  /// A line.
  case line(String)
  /// A line with others that belong to it, indented.
  case group(String, [ConfigurationItem])
  /// A line with others that belong to it, indented, in braces.
  case block(String, [ConfigurationItem])
  /// A comment for people.
  case comment(String)
  /// An empty line.
  case gap

  /// The text, which ends in a newline.
  func text(indentation: String) -> String {
    let inner = { (items: [ConfigurationItem]) in items.map { $0.text(indentation: indentation + "    ") }.joined() }
    switch self {
    case .line(let line): return "\(indentation)\(line)\n"
    case .group(let line, let items): return "\(indentation)\(line)\n\(inner(items))"
    case .block(let line, let items): return "\(indentation)\(line) {\n\(inner(items))\(indentation)}\n"
    case .comment(let text):
      // A site's label may hold anything but a line's end. keepalived takes what follows a line's first 1023 bytes for
      // another line, and a backslash at the end for one of its own; ifupdown2 goes on in the next line after a backslash
      // and any white space, Unicode's too.
      var visible = String(String.UnicodeScalarView(text.unicodeScalars.prefix(240).map { $0.value < 32 ? " " : $0 }))
      if visible.utf8.contains(UInt8(ascii: "\\")) { visible += "." }
      return "\(indentation)# \(visible)\n"
    case .gap: return "\n"
    }
  }
}
