/// The checks a URL of a policy must pass.
enum BaseURL {
    /// The URL without a trailing slash; nil unless it is absolute http(s) with a host and printable ASCII only.
    static func normalised(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) else { return nil }
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            rest = text.dropFirst(8)
        } else if text.lowercased().hasPrefix("http://") {
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard isAuthority(authority), !rest.contains("#") else { return nil }
        var result = text
        while !text.contains("?"), result.hasSuffix("/") { result.removeLast() }
        return result
    }

    /// Whether the host of a valid URL is, by its spelling, on this machine or in a private network. A name that
    /// merely resolves to such an address is found out when connecting.
    static func isPrivate(_ url: String) -> Bool {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        if authority.hasPrefix("[") {
            let address = authority.dropFirst().lowercased()
            return ["::]", "::1]", "fc", "fd", "fe8", "fe9", "fea", "feb", "::ffff:"].contains { address.hasPrefix($0) }
        }
        var host = authority.prefix { $0 != ":" }.lowercased()
        if host.hasSuffix(".") { host.removeLast() }
        if host == "localhost" || host.hasSuffix(".localhost") { return true }
        guard let address = IPv4Text.address(host) else { return false }
        switch (address[0], address[1]) {
        case (0, _), (10, _), (127, _), (169, 254), (192, 168), (172, 16...31), (100, 64...127): return true
        default: return false
        }
    }

    /// What is wrong with a URL that ``normalised(_:)`` refuses, without repeating it.
    static func complaint(_ text: String) -> String {
        text.contains("@")
            ? "a URL with credentials in it ends up in logs; write them as headers or keys"
            : "an absolute http or https URL is expected here"
    }

    /// `host`, `host:port` or `[v6]:port`; credentials in URLs end up in logs, so they are refused.
    private static func isAuthority(_ text: Substring) -> Bool {
        if text.isEmpty || text.contains("@") { return false }
        var port: Substring = ""
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), end > text.index(after: text.startIndex) else { return false }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return false }
            if rest.isEmpty { return true }
            port = rest.dropFirst()
        } else {
            guard let colon = text.firstIndex(of: ":") else { return true }
            if colon == text.startIndex { return false }
            port = text[text.index(after: colon)...]
        }
        return Quantities.natural(port).map { (1...65_535).contains($0) } ?? false
    }
}
