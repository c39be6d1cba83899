import Synchronization

/// The answer of a provider: its head, and the body as it arrives.
///
/// One consumer reads at a time. Dropping the last reference before the end cancels the call, as ``cancel()`` does.
package final class UpstreamResponse: Sendable {
    package let status: Int
    /// `name: value` lines, each ended by CR LF, of the final response (no status line, no trailers).
    package let rawHeaders: [UInt8]
    package let timings: UpstreamTimings
    private let transfer: Transfer

    init(_ head: TransferHead, transfer: Transfer) {
        self.status = head.status
        self.rawHeaders = head.rawHeaders
        self.timings = head.timings
        self.transfer = transfer
    }

    deinit {
        self.transfer.cancel()
    }

    /// All body bytes that have arrived since the last call, at least one; nil at the end.
    ///
    /// Suspends only when there are none. After a fault, what arrived before it still comes first. Cancelling the
    /// task cancels the call: an HTTP/1.1 connection is closed, an HTTP/2 stream reset.
    package func next() async throws(UpstreamFailure) -> [UInt8]? {
        try await self.transfer.next()
    }

    /// The whole body (or the rest of it). At more than `limit` bytes the call is cancelled and fails as too large.
    package func collect(upTo limit: Int) async throws(UpstreamFailure) -> [UInt8] {
        guard var body = try await self.next() else { return [] }
        while body.count <= limit {
            guard let more = try await self.next() else { return body }
            body.append(contentsOf: more)
        }
        let failure = UpstreamFailure(.tooLarge, .tooLarge, message: "the answer exceeds \(limit) bytes")
        self.transfer.cancel(failure)
        throw failure
    }

    /// Ends the wait for the first token of a stream: from now on the idle limit holds between any two bytes.
    ///
    /// Costs one atomic store. The driver sees it the next time a deadline is due, so a stall right after the token is
    /// noticed after at most twice the idle limit.
    package func firstTokenSeen() {
        self.transfer.tokenSeen.store(true, ordering: .relaxed)
    }

    /// Gives up the rest of the answer. Pending and later reads fail as cancelled. Nothing happens after the end.
    package func cancel() {
        self.transfer.cancel()
    }
}
