/// Scheme, host and port of a URL, as far as the transport needs them. libcurl does the real parsing; this decides
/// which calls share connections and limits, and keeps out what C strings and request lines cannot carry.
struct Origin: Sendable, Hashable {
    /// `scheme://authority`, as written. Two spellings of one origin are two origins here, which costs nothing but
    /// separate bookkeeping.
    let text: String
    /// For messages.
    let host: String
    let isSecure: Bool

    /// nil for anything but an absolute http or https URL of printable ASCII without spaces.
    init?(url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = url[..<colon].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = url[colon...]
        guard rest.hasPrefix("://") else { return nil }
        let authority = rest.dropFirst(3).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let hostPort = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        let host = Self.withoutPort(hostPort)
        guard !host.isEmpty else { return nil }
        self.text = "\(scheme)://\(authority)"
        self.host = String(host)
        self.isSecure = scheme == "https"
    }

    private static func withoutPort(_ hostPort: Substring) -> Substring {
        if hostPort.hasPrefix("["), let end = hostPort.firstIndex(of: "]") {
            return hostPort[...end]
        }
        return hostPort.prefix { $0 != ":" }
    }
}
