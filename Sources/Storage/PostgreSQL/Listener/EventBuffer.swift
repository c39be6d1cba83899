/// Puts events into a stream of bounded length. What does not fit is lost, and `reconnected` says so as soon as there
/// is room again.
struct EventBuffer {
    private let continuation: AsyncStream<PostgreSQLEvent>.Continuation
    private var hasLost = false

    init(_ continuation: AsyncStream<PostgreSQLEvent>.Continuation) {
        self.continuation = continuation
    }

    mutating func add(_ event: PostgreSQLEvent) {
        if hasLost {
            guard case .enqueued = continuation.yield(.reconnected) else { return }
            hasLost = false
            if event == .reconnected { return }
        }
        if case .dropped = continuation.yield(event) { hasLost = true }
    }
}
