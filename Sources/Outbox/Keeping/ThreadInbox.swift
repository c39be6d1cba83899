import Synchronization

/// What others ask of a background thread.
final class ThreadInbox: Sendable {
    /// Somebody who waits until a record is on the disk.
    struct Waiter: Sendable {
        var segment: OutboxSegment
        var end: Int
        var continuation: CheckedContinuation<Result<Void, OutboxError>, Never>
    }

    /// The work of one round.
    struct Work: Sendable {
        var waiters: [Waiter] = []
        /// To be resumed when a whole round has been done for them.
        var flushes: [CheckedContinuation<Void, Never>] = []
        var isStopping = false
    }

    private struct State {
        var work = Work()
        /// Waiters with the thread and here.
        var waiting = 0
        /// The thread is, or is about to be, asleep: the next request has to wake it, further ones do not.
        var isAsleep = false
        /// Something came in since it began its round.
        var wasNudged = false
        var isGone = false
    }

    private let state = Mutex(State())
    private let pipe: WakePipe
    /// Far more than requests that can be open.
    static let maxWaiting = 65_536

    /// - Parameter path: for the error, when the process is out of file descriptors.
    init(path: String) throws(OutboxError) {
        pipe = try WakePipe(path: path)
    }

    /// How many wait for the disk.
    var waiting: Int { state.withLock { $0.waiting } }

    /// There is something to see.
    func nudge() {
        let mustWake = state.withLock { Self.rouse(&$0) }
        if mustWake { pipe.wake() }
    }

    func post(_ waiter: Waiter, hurries: Bool) {
        let (refusal, mustWake) = state.withLock { state -> (OutboxError?, Bool) in
            guard !state.isGone else { return (.closed, false) }
            guard state.waiting < Self.maxWaiting else { return (.tooManyWaiting(limit: Self.maxWaiting), false) }
            state.waiting += 1
            state.work.waiters.append(waiter)
            return (nil, hurries && Self.rouse(&state))
        }
        if let refusal { waiter.continuation.resume(returning: .failure(refusal)) }
        if mustWake { pipe.wake() }
    }

    func postFlush(_ continuation: CheckedContinuation<Void, Never>, stops: Bool) {
        let (isTaken, mustWake) = state.withLock { state in
            guard !state.isGone else { return (false, false) }
            state.work.flushes.append(continuation)
            if stops { state.work.isStopping = true }
            return (true, Self.rouse(&state))
        }
        if !isTaken { continuation.resume() }
        if mustWake { pipe.wake() }
    }

    /// For those who do not wait for the end.
    func stop() {
        let mustWake = state.withLock { state in
            state.work.isStopping = true
            return Self.rouse(&state)
        }
        if mustWake { pipe.wake() }
    }

    func take() -> Work {
        state.withLock { state in
            state.isAsleep = false
            state.wasNudged = false
            defer { state.work = Work() }
            return state.work
        }
    }

    func resumed(_ waiters: Int) {
        state.withLock { $0.waiting -= waiters }
    }

    /// Takes what came in meanwhile, and refuses everything from now on.
    func leave() -> Work {
        state.withLock { state in
            state.isGone = true
            defer { state.work = Work() }
            return state.work
        }
    }

    /// Sleeps unless there is something to do already.
    func sleep(milliseconds: Int?) {
        let mayI = state.withLock { state in
            state.isAsleep = !state.wasNudged
            return state.isAsleep
        }
        if mayI { pipe.sleep(milliseconds: milliseconds) }
    }

    private static func rouse(_ state: inout State) -> Bool {
        state.wasNudged = true
        defer { state.isAsleep = false }
        return state.isAsleep
    }
}
