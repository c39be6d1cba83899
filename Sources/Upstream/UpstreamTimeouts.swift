/// How long each stretch of a call may take, in milliseconds. Kept by the transport's own clock, to the millisecond.
package struct UpstreamTimeouts: Sendable, Hashable {
    /// From submission to an established connection: waiting for a free connection, name lookup, TCP, TLS.
    package let connect: Int
    /// From the request being written to the first byte of a whole answer, or to the first token of a stream
    /// (``UpstreamResponse/firstTokenSeen()``).
    package let firstByte: Int
    /// Between any two bytes after the first, and between two steps of progress while the request is being written.
    /// Time during which the consumer does not read does not count.
    package let idle: Int
    /// From submission to the last byte.
    package let total: Int

    /// Values are clamped to 1 ms … 7 days.
    package init(connect: Int = 3_000, firstByte: Int = 10_000, idle: Int = 15_000, total: Int = 600_000) {
        self.connect = Self.clamp(connect)
        self.firstByte = Self.clamp(firstByte)
        self.idle = Self.clamp(idle)
        self.total = Self.clamp(total)
    }

    private static func clamp(_ milliseconds: Int) -> Int {
        min(max(milliseconds, 1), 7 * 24 * 3_600_000)
    }
}
