import ArgumentParser

/// `HOST:PORT`, with an IPv6 host in brackets.
struct ListenAddress {
    let host: String
    let port: Int

    init(_ text: String) throws(ValidationError) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ValidationError("'\(text)' is not HOST:PORT, for example 127.0.0.1:8080") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw ValidationError("'\(text)' names no host, for example 127.0.0.1:8080") }
        self.host = String(host)
        self.port = port
    }

    /// For a URL.
    var urlHost: String { host.contains(":") ? "[\(host)]" : host == "0.0.0.0" ? "127.0.0.1" : host }
}
