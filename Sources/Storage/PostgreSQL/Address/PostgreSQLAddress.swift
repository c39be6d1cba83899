/// A host and its port.
package struct PostgreSQLAddress: Sendable, Hashable {
    /// A name or a literal address, IPv6 without brackets.
    package let host: String
    package let port: Int

    package init(host: String, port: Int = 5432) {
        self.host = host
        self.port = port
    }
}

extension PostgreSQLAddress {
    /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
    init(_ text: Substring) throws(DatabaseURLError) {
        var host = text
        var port: Substring?
        if text.hasPrefix("[") {
            host = text.dropFirst()
            guard let rest = host.cut(atFirst: "]"), rest.isEmpty || rest.hasPrefix(":") else {
                throw .invalidHost(String(text))
            }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            port = host.cut(atFirst: ":")
        }
        let allowed = host.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"/?#@[]\"\\%".utf8.contains($0) }
        guard !host.isEmpty, allowed else { throw .invalidHost(String(text)) }
        guard let port else {
            self.init(host: String(host))
            return
        }
        guard let number = UInt16(port), number > 0, !port.hasPrefix("+") else { throw .invalidPort }
        self.init(host: String(host), port: Int(number))
    }
}
