import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Threads with one connection each. They block, so they are nobody else's.
final class PostgreSQLPool: Sendable {
    private struct Shared {
        var state: PoolState<PostgreSQLJob>
        var backoff: ReconnectBackoff
        var random = SystemRandomNumberGenerator()
        /// Threads that run, without the timekeeper.
        var threads = 0
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let target: PostgreSQLTarget
    private let options: PostgreSQLOptions
    private let logger: Logger
    private let shared: Mutex<Shared>
    /// One per seat.
    private let wakeups: [Wakeup]
    private let timekeeper: Wakeup

    /// Nil when the process is out of file descriptors.
    init?(_ target: PostgreSQLTarget, options: PostgreSQLOptions, logger: Logger) {
        let seats = max(1, options.connections)
        let wakeups = (0..<seats).compactMap { _ in Wakeup() }
        guard wakeups.count == seats, let timekeeper = Wakeup() else { return nil }
        self.target = target
        self.options = options
        self.logger = logger
        self.wakeups = wakeups
        self.timekeeper = timekeeper
        let state = PoolState<PostgreSQLJob>(
            connections: seats, writes: options.writesExclusively ? 1 : seats, waiting: options.waitingCalls)
        let backoff = ReconnectBackoff(first: options.firstBackoffMilliseconds, last: options.lastBackoffMilliseconds)
        shared = Mutex(Shared(state: state, backoff: backoff))
    }

    /// Starts the threads. Returns false when the system gives none.
    func start() -> Bool {
        for seat in wakeups.indices {
            shared.withLock { $0.threads += 1 }
            guard NamedThread.start("postgres-\(seat)", { self.work(seat) }) else {
                ended()
                return false
            }
        }
        return NamedThread.start("postgres-time") { self.keepTime() }
    }

    func submit(_ job: PostgreSQLJob, isWrite: Bool) {
        let now = ContinuousClock.now
        let deadline = now + .milliseconds(max(0, options.waitMilliseconds))
        let (outcome, mustSetTimer) = shared.withLock { shared -> (Result<[Int], StorageError>, Bool) in
            let wasEmpty = shared.state.waiting == 0
            let outcome = Result { () throws(StorageError) in
                try shared.state.add(job, isWrite: isWrite, deadline: deadline, now: now)
            }
            // All wait equally long: who comes later need not move the timer.
            return (outcome, wasEmpty && shared.state.waiting > 0)
        }
        switch outcome {
        case .success(let seats): wake(seats)
        case .failure(let error): job.refuse(error)
        }
        if mustSetTimer { timekeeper.wake() }
    }

    /// Takes no more jobs; the threads end when they have done theirs.
    func beginClosing() {
        shared.withLock { $0.state.close() }
        wake(Array(wakeups.indices))
        timekeeper.wake()
    }

    func close() async {
        beginClosing()
        await withCheckedContinuation { (closer: CheckedContinuation<Void, Never>) in
            let isClosed = shared.withLock { shared in
                if shared.threads > 0 { shared.closers.append(closer) }
                return shared.threads == 0
            }
            if isClosed { closer.resume() }
        }
    }

    private func wake(_ seats: [Int]) {
        for seat in seats where wakeups.indices.contains(seat) { wakeups[seat].wake() }
    }
}

// The threads.
extension PostgreSQLPool {
    private func work(_ seat: Int) {
        var session: PostgreSQLSession?
        while true {
            switch shared.withLock({ $0.state.next(seat, now: .now) }) {
            case .connect: session = connect(seat)
            case .sleep(let deadline): sleep(seat, &session, until: deadline)
            case .end(let abandoned):
                for job in abandoned { job.refuse(.unavailable("the database was closed")) }
                session = nil
                return ended()
            case .run(let ticket):
                guard let current = session else {
                    // Cannot be: only a seat with a connection is given work.
                    ticket.job.refuse(.unavailable("no connection"))
                    wake(shared.withLock { $0.state.finished(seat, isConnected: false, moved: nil, now: .now) })
                    continue
                }
                let isDone = ticket.job.run(current, ticket.mayMove)
                // After the caller has its answer.
                let isConnected = current.settle()
                if !isConnected { session = nil }
                let wake = shared.withLock {
                    $0.state.finished(seat, isConnected: isConnected, moved: isDone ? nil : ticket, now: .now)
                }
                self.wake(wake)
                // It waits again, until the same time.
                if !isDone { timekeeper.wake() }
            }
        }
    }

    private func connect(_ seat: Int) -> PostgreSQLSession? {
        do throws(PostgreSQLFailure) {
            let session = try PostgreSQLSession.open(target, options: options)
            let (endsOutage, seats) = shared.withLock { shared in
                shared.backoff.reset()
                return shared.state.connected(seat, now: .now)
            }
            if endsOutage { logger.notice("PostgreSQL can be reached again") }
            wake(seats)
            return session
        } catch {
            let (beginsOutage, refused) = shared.withLock { shared in
                let retryAt = ContinuousClock.now + shared.backoff.next(using: &shared.random)
                return shared.state.failed(seat, reason: error.message, retryAt: retryAt)
            }
            if beginsOutage { logger.error("PostgreSQL cannot be reached", metadata: ["reason": "\(error.message)"]) }
            for job in refused { job.refuse(.unavailable(error.message)) }
            return nil
        }
    }

    /// Sleeps until woken, until the time, or until the server ends the connection: a connection that was closed while
    /// nobody used it is not offered to anybody.
    private func sleep(_ seat: Int, _ session: inout PostgreSQLSession?, until deadline: ContinuousClock.Instant?) {
        let wakeup = wakeups[seat]
        var interests = [(wakeup.descriptor, Int32(POLLIN))]
        if let session { interests.append((session.socket, Int32(POLLIN))) }
        let ready = Sleep.wait(interests, until: deadline)
        wakeup.drain()
        guard let current = session, ready?.last == true, !current.hear() else { return }
        session = nil
        wake(shared.withLock { $0.state.lost(seat, now: .now) })
        // A job that was just given to this seat waits again.
        timekeeper.wake()
    }

    /// Ends the waiting of those whose time has come, while all connections are busy or none can be made.
    private func keepTime() {
        while true {
            let (expired, deadline, isOver) = shared.withLock { shared in
                let expired = shared.state.expire(.now)
                return (expired, shared.state.nextDeadline, shared.state.isClosed && shared.threads == 0)
            }
            let wait = options.waitMilliseconds
            for job in expired { job.refuse(.unavailable("no connection was free for \(wait) ms")) }
            if isOver { return }
            _ = Sleep.wait([(timekeeper.descriptor, Int32(POLLIN))], until: deadline)
            timekeeper.drain()
        }
    }

    private func ended() {
        let closers = shared.withLock { shared in
            shared.threads -= 1
            guard shared.threads == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { shared.closers = [] }
            return shared.closers
        }
        timekeeper.wake()
        for closer in closers { closer.resume() }
    }
}
