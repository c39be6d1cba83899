package import NIOHTTP1

/// One HTTP request, received whole (its body is within the configured limit).
package struct InboundRequest: Sendable {
    package var method: HTTPMethod
    /// Path and query as sent.
    package var uri: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    /// When the request's head was complete: monotonic nanoseconds.
    package var receivedAt: UInt64

    package init(method: HTTPMethod, uri: String, headers: HTTPHeaders, body: [UInt8], receivedAt: UInt64) {
        self.method = method
        self.uri = uri
        self.headers = headers
        self.body = body
        self.receivedAt = receivedAt
    }

    /// The URI without its query.
    package var path: Substring {
        uri.utf8.firstIndex(of: UInt8(ascii: "?")).map { uri[..<$0] } ?? uri[...]
    }
}
