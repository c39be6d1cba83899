import Synchronization

/// Keeps the last requests and wakes those who wait for one.
final class Recorder: Sendable {
    typealias Predicate = @Sendable (RecordedRequest) -> Bool

    private struct Waiter {
        var id: Int
        var predicate: Predicate
        var continuation: CheckedContinuation<RecordedRequest, any Error>
    }

    private struct State {
        /// Request `id` sits at `id % capacity`; grows up to the capacity.
        var ring: [RecordedRequest?] = []
        var waiters: [Waiter] = []
        var lastWaiter = 0
        /// Waiters that have a number but no continuation yet.
        var coming: Set<Int> = []
    }

    private let state = Mutex(State())
    private let capacity: Int

    /// - Parameter capacity: 0 switches recording off.
    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    var isOn: Bool { capacity > 0 }

    /// Oldest first.
    var requests: [RecordedRequest] {
        state.withLock { $0.ring }.compactMap(\.self).sorted { $0.id < $1.id }
    }

    func clear() {
        state.withLock { $0.ring = [] }
    }

    func add(_ request: RecordedRequest) {
        guard isOn else { return }
        let slot = request.id % capacity
        let hasWaiters = state.withLock { state in
            while state.ring.count <= slot { state.ring.append(nil) }
            state.ring[slot] = request
            return !state.waiters.isEmpty
        }
        if hasWaiters { wake(request) }
    }

    /// Changes a request if it is still kept.
    func update(_ id: Int, _ change: (inout RecordedRequest) -> Void) {
        guard isOn else { return }
        let slot = id % capacity
        let changed: RecordedRequest? = state.withLock { state in
            guard slot < state.ring.count, state.ring[slot]?.id == id, var request = state.ring[slot].take() else {
                return nil
            }
            change(&request)
            state.ring[slot] = request
            return state.waiters.isEmpty ? nil : request
        }
        if let changed { wake(changed) }
    }

    // MARK: Waiting

    /// The number of a wait that is about to begin; it can be cancelled from then on.
    func newWaiter() -> Int {
        state.withLock { state in
            state.lastWaiter += 1
            state.coming.insert(state.lastWaiter)
            return state.lastWaiter
        }
    }

    /// Resumes at once when a kept request matches, else with the first that comes to match.
    func wait(
        _ id: Int, _ predicate: @escaping Predicate, _ continuation: CheckedContinuation<RecordedRequest, any Error>
    ) {
        let isWaiting = state.withLock { state in
            guard state.coming.remove(id) != nil else { return false }
            state.waiters.append(Waiter(id: id, predicate: predicate, continuation: continuation))
            return true
        }
        if !isWaiting { return continuation.resume(throwing: CancellationError()) }
        // Outside the lock: a predicate may look at the server.
        if let match = requests.first(where: predicate) { finish(id, .success(match)) }
    }

    /// Ends a wait that is still open; a second call does nothing.
    func finish(_ id: Int, _ result: Result<RecordedRequest, any Error>) {
        let waiter: Waiter? = state.withLock { state in
            state.coming.remove(id)
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(with: result)
    }

    private func wake(_ request: RecordedRequest) {
        let waiters = state.withLock { $0.waiters.map { (id: $0.id, predicate: $0.predicate) } }
        for waiter in waiters where waiter.predicate(request) {
            finish(waiter.id, .success(request))
        }
    }
}
