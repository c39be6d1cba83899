package import NIOHTTP1

/// One HTTP request, received whole (its body is within the configured limit). Immutable.
///
/// A class: every stage holds on to it, and the asynchronous ones would each keep a copy of all its members.
package final class InboundRequest: Sendable {
    package let method: HTTPMethod
    /// Path and query as sent.
    package let uri: String
    package let headers: HTTPHeaders
    /// What the gateway itself reads of ``headers``.
    package let fields: RequestFields
    package let body: [UInt8]
    /// When the request's head was complete: monotonic nanoseconds.
    package let receivedAt: UInt64

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
