/// A whole request as it arrived.
struct FakeRequest: Sendable {
    var method: String
    /// As on the request line, with the query.
    var uri: String
    var headers: [FakeHeader]
    var body: [UInt8]
    var keepAlive: Bool
    /// HTTP/1.0 knows no chunked bodies: the end of the connection ends the answer.
    var allowsChunked: Bool

    var path: Substring { uri.prefix { $0 != "?" } }

    var query: Substring? {
        uri.firstIndex(of: "?").map { uri[uri.index(after: $0)...] }
    }

    /// A query parameter, percent-decoded.
    func parameter(_ name: String) -> String? {
        for pair in query?.split(separator: "&") ?? [] {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if let first = parts.first, first == name {
                return parts.count > 1 ? PercentCoding.decode(parts[1]) : ""
            }
        }
        return nil
    }
}
