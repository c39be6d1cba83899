import Synchronization

/// The head of an answer on its way to the consumer.
struct TransferHead: Sendable {
    var status: Int
    var rawHeaders: [UInt8]
    var timings: UpstreamTimings
}

/// How a transfer ended.
enum TransferEnd: Sendable {
    case finished
    case failed(UpstreamFailure)
}

/// One call, shared between the consumer (any task) and the driver thread.
///
/// The inbox in the middle is the only meeting point: the driver puts in what arrived, the consumer takes it out and,
/// when there is nothing, leaves a continuation that the driver's next batch resumes.
final class Transfer: Sendable {
    typealias Waiter = UnsafeContinuation<Bool, Never>

    private struct Inbox {
        var head: TransferHead?
        /// Body bytes not yet taken.
        var bytes: [UInt8] = []
        var end: TransferEnd?
        /// The consumer sleeping in ``Transfer/change(forHead:)``. Unsafe continuation: resumed exactly once by whoever takes
        /// it out of the inbox under the lock; the checked form costs an allocation per wait.
        var waiter: Waiter?
        /// The driver stops reading from the provider until told otherwise.
        var isPaused = false
    }

    let request: UpstreamRequest
    let port: DriverPort
    /// Polled by the driver when a deadline is due.
    let tokenSeen = Atomic(false)
    private let inbox = Mutex(Inbox())

    // Confined to the driver's thread; the way back from a command to the driver's own state.
    nonisolated(unsafe) var lane: Lane?
    // Confined likewise. Set while this transfer holds or waits for a place there.
    nonisolated(unsafe) var budget: HostBudget?

    init(request: UpstreamRequest, port: DriverPort) {
        self.request = request
        self.port = port
    }
}

// MARK: - The consumer's side

extension Transfer {
    /// Waits for the head; for whole answers that is also the body and the end.
    func head() async throws(UpstreamFailure) -> TransferHead {
        while true {
            let (head, end) = self.inbox.withLock { ($0.head, $0.end) }
            if let head { return head }
            if case .failed(let failure) = end { throw failure }
            try await self.wait(forHead: true)
        }
    }

    /// All bytes that have arrived since the last call; nil at the end. Bytes that arrived before a failure come
    /// before the failure.
    func next() async throws(UpstreamFailure) -> [UInt8]? {
        while true {
            if Task.isCancelled { self.cancel() }
            let (bytes, end, wasPaused) = self.inbox.withLock { inbox in
                let bytes = inbox.bytes
                inbox.bytes = []
                let wasPaused = inbox.isPaused
                inbox.isPaused = false
                return (bytes, inbox.end, wasPaused)
            }
            if wasPaused, end == nil { _ = self.port.post(.resume(self)) }
            if !bytes.isEmpty { return bytes }
            switch end {
            case .finished: return nil
            case .failed(let failure): throw failure
            case nil: try await self.wait(forHead: false)
            }
        }
    }

    /// Ends the transfer from the consumer's side, whatever its state. Unread bytes are lost.
    func cancel(_ failure: UpstreamFailure = .cancelledByCaller) {
        let (isNew, waiter) = self.inbox.withLock { inbox -> (Bool, Waiter?) in
            guard inbox.end == nil else { return (false, nil) }
            inbox.end = .failed(failure)
            inbox.bytes = []
            return (true, inbox.waiter.take())
        }
        guard isNew else { return }
        _ = self.port.post(.cancel(self))
        waiter?.resume(returning: true)
    }

    private func wait(forHead: Bool) async throws(UpstreamFailure) {
        let isFirst = await withTaskCancellationHandler {
            await self.change(forHead: forHead)
        } onCancel: {
            self.cancel()
        }
        guard isFirst else {
            throw UpstreamFailure(.receive, .other, message: "two readers of one response")
        }
    }

    /// Sleeps until the driver has put something in. False when somebody else is already waiting.
    private func change(forHead: Bool) async -> Bool {
        await withUnsafeContinuation { (continuation: Waiter) in
            let answer: Bool? = self.inbox.withLock { inbox in
                if inbox.waiter != nil { return false }
                if inbox.end != nil || (forHead ? inbox.head != nil : !inbox.bytes.isEmpty) { return true }
                inbox.waiter = continuation
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}

// MARK: - The driver's side

extension Transfer {
    struct Delivered {
        /// To be resumed on the event loop.
        var waiter: Waiter?
        /// Bytes the consumer has not taken yet.
        var unread: Int
    }

    var unreadBytes: Int { self.inbox.withLock { $0.bytes.count } }

    /// Hands over what has arrived. Nothing is delivered after an end, in particular not after a cancellation.
    ///
    /// - Parameter pauseAt: From this many unread bytes on the consumer is asked to send `resume` when it has read.
    func deliver(head: TransferHead?, bytes: [UInt8], end: TransferEnd?, pauseAt: Int) -> Delivered {
        self.inbox.withLock { inbox in
            guard inbox.end == nil else { return Delivered(waiter: nil, unread: 0) }
            if let head { inbox.head = head }
            if inbox.bytes.isEmpty { inbox.bytes = bytes } else { inbox.bytes.append(contentsOf: bytes) }
            inbox.end = end
            inbox.isPaused = end == nil && inbox.bytes.count >= pauseAt
            return Delivered(waiter: inbox.waiter.take(), unread: inbox.bytes.count)
        }
    }
}
