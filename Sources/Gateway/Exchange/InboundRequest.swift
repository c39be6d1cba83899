package import NIOHTTP1

/// One HTTP request, received whole (its body is within the configured limit).
package struct InboundRequest: Sendable {
    package var method: HTTPMethod
    /// Path and query as sent.
    package var uri: String
    package var headers: HTTPHeaders
    /// What the gateway itself reads of ``headers``.
    package var fields: RequestFields
    package var body: [UInt8]
    /// When the request's head was complete: monotonic nanoseconds.
    package var receivedAt: UInt64

    /// - Parameter fields: of these headers, where the caller has them already.
    package init(
        method: HTTPMethod, uri: String, headers: HTTPHeaders, fields: RequestFields? = nil, body: [UInt8],
        receivedAt: UInt64
    ) {
        self.method = method
        self.uri = uri
        self.headers = headers
        self.fields = fields ?? RequestFields(headers)
        self.body = body
        self.receivedAt = receivedAt
    }

    /// The URI without its query.
    package var path: Substring {
        uri.utf8.firstIndex(of: UInt8(ascii: "?")).map { uri[..<$0] } ?? uri[...]
    }
}
