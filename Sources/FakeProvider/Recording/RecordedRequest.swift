package import WireJSON

/// A request as the server saw it, and how far its answer got.
package struct RecordedRequest: Sendable {
    /// The client closed the connection while an answer was under way.
    package struct PeerClosure: Sendable, Hashable {
        /// Content chunks that had been handed to the socket.
        package var afterChunks: Int
        /// Bytes, head included, that had been handed to the socket.
        package var afterBytes: Int
        /// Monotonic clock, nanoseconds.
        package var at: UInt64
    }

    /// 1 for the server's first request; grows by one each.
    package let id: Int
    /// Requests with the same number came over one connection.
    package let connection: Int
    package let method: String
    /// As on the request line, with the query.
    package let uri: String
    package let headers: [FakeHeader]
    /// At most ``FakeProviderOptions/recordedBodyBytes`` bytes of it.
    package let body: [UInt8]
    /// Length of the whole body.
    package let bodySize: Int
    /// Monotonic clock, nanoseconds.
    package let receivedAt: UInt64
    /// The format the request was answered in.
    package internal(set) var dialect = FakeDialect.openai
    /// Whether a script answered it.
    package internal(set) var isScripted = false

    package internal(set) var chunksSent = 0
    package internal(set) var bytesSent = 0
    /// The answer has been handed over to its end, which a fault may have set early; stays false for a stalled one.
    package internal(set) var isAnswered = false
    package internal(set) var closedByPeer: PeerClosure?

    /// The request line's path without the query.
    package var path: String { String(uri.prefix { $0 != "?" }) }

    /// The body as text; broken UTF-8 shows as replacement characters.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body parsed, nil when it is no JSON.
    package var json: JSONValue? { try? JSONValue(parsing: body) }

    /// The value of a header, whatever its case.
    package func header(_ name: String) -> String? { headers.first(name) }
}
