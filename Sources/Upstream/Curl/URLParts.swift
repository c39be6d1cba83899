import CCurl

/// What a request to a URL has to say, taken apart by libcurl's own parser, so that the connection and the request
/// never disagree about the host.
struct URLParts: Sendable, Hashable {
    /// Path and query, in the form of a request line; never empty.
    let target: String
    /// Value of the `Host` field: no port where it is the scheme's own.
    let authority: String
    /// Percent-decoded; nil without user information.
    let user: String?
    let password: String?

    /// nil for what libcurl would not connect to.
    init?(url: String, isSecure: Bool) {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
            let host = Self.part(CURLUPART_HOST, of: parsed), let path = Self.part(CURLUPART_PATH, of: parsed)
        else { return nil }
        let port = Self.part(CURLUPART_PORT, of: parsed)
        guard port.flatMap(Int.init) != 0 else { return nil }
        self.target = Self.part(CURLUPART_QUERY, of: parsed).map { "\(path)?\($0)" } ?? path
        self.authority = port.map { $0 == (isSecure ? "443" : "80") ? host : "\(host):\($0)" } ?? host
        self.user = Self.part(CURLUPART_USER, of: parsed, flags: UInt32(CURLU_URLDECODE))
        self.password = Self.part(CURLUPART_PASSWORD, of: parsed, flags: UInt32(CURLU_URLDECODE))
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer, flags: UInt32 = 0) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(url, part, &text, flags) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
