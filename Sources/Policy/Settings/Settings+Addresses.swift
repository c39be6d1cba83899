/// What counts as an address in the settings.
extension Settings {
    /// `HOST:PORT`, an IPv6 host in brackets.
    static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex else { return false }
        guard let port = Quantities.natural(text[text.index(after: colon)...]), port <= 65_535 else { return false }
        let host = text[..<colon]
        return !host.contains(":") || (host.hasPrefix("[") && host.hasSuffix("]"))
    }

    static func addressComplaint(_ text: String) -> String {
        "\"\(text.prefix(100))\" is not HOST:PORT, for example 127.0.0.1:8080"
    }

    /// 32 bytes in base64: 43 digits, the last of which holds four bits, and one `=`.
    static func isMasterKey(_ text: String) -> Bool {
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        guard text.utf8.count == 44, text.hasSuffix("="), text.utf8.dropLast().allSatisfy(digits.utf8.contains),
            let last = text.utf8.dropLast().last, let value = Array(digits.utf8).firstIndex(of: last)
        else { return false }
        return value % 4 == 0
    }

    static let masterKeyComplaint = "a master key is 32 bytes in base64; make one with: openssl rand -base64 32"

    static func databaseProblem(_ url: String) -> String? {
        let schemes = ["postgres://", "postgresql://"]
        if url == "sqlite" || schemes.contains(where: { url.hasPrefix($0) && url.count > $0.count }) { return nil }
        return "a database is \"sqlite\" or postgres://user:pass@host:port/db"
    }

    static func redisProblem(_ url: String) -> String? {
        let schemes = ["redis://", "rediss://"]
        if schemes.contains(where: { url.hasPrefix($0) && url.count > $0.count }) { return nil }
        return "a Redis is redis://[:pass@]host:port[/db] or rediss://…"
    }
}
