import Synchronization

/// Time that moves when the test says so. Sleepers wake in order.
final class VirtualTime: Sendable {
    private struct Sleeper {
        let id: Int
        let due: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = noon
        var lastID = 0
        var sleepers: [Sleeper] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Milliseconds since 1970.
    var now: Int { state.withLock { $0.now } }
    var read: @Sendable () -> Int { { self.now } }
    var waiting: Int { state.withLock { $0.sleepers.count } }

    func pause(_ milliseconds: Int) async throws {
        let id = state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let watchers: [CheckedContinuation<Void, Never>]? = state.withLock { state in
                    if Task.isCancelled { return nil }
                    state.sleepers.append(Sleeper(id: id, due: state.now + milliseconds, continuation: continuation))
                    defer { state.watchers = [] }
                    return state.watchers
                }
                guard let watchers else { return continuation.resume(throwing: CancellationError()) }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until so many sleep.
    func waitForSleepers(_ count: Int) async {
        while waiting < count {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock {
                    if $0.sleepers.count >= count { return true }
                    $0.watchers.append(continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    /// Waits until somebody sleeps, then moves on to when the first one wakes; answers how far that was.
    @discardableResult
    func wakeNext() async -> Int {
        await waitForSleepers(1)
        let (sleeper, passed): (Sleeper?, Int) = state.withLock { state in
            guard let first = state.sleepers.indices.min(by: { state.sleepers[$0].due < state.sleepers[$1].due }) else {
                return (nil, 0)
            }
            let sleeper = state.sleepers.remove(at: first)
            let passed = sleeper.due - state.now
            state.now = sleeper.due
            return (sleeper, passed)
        }
        sleeper?.continuation.resume()
        return passed
    }
}
