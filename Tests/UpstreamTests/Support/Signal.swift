import Synchronization

/// Something that happens once and can be awaited by anyone, before or after.
final class Signal: Sendable {
    private struct State {
        var hasFired = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var hasFired: Bool { self.state.withLock { $0.hasFired } }

    func fire() {
        let waiters = self.state.withLock { state in
            state.hasFired = true
            let waiters = state.waiters
            state.waiters = []
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let hasFired = self.state.withLock { state in
                if !state.hasFired { state.waiters.append(continuation) }
                return state.hasFired
            }
            if hasFired { continuation.resume() }
        }
    }
}

/// Waits for a condition that nothing announces. The suite's time limit bounds it.
func until(_ condition: @Sendable () -> Bool) async {
    while !condition() { await Task.yield() }
}
