import DequeModule

/// Who works on what: the decisions of the pool, without threads, connections and clocks.
///
/// Every seat is a thread with at most one connection. Methods that may give somebody work return the seats to wake;
/// a woken seat asks ``next(_:now:)`` what to do.
struct PoolState<Job> {
    typealias Instant = ContinuousClock.Instant

    /// A job that waits or runs.
    struct Ticket {
        let job: Job
        let isWrite: Bool
        /// Until when it may wait for a connection.
        let deadline: Instant
        /// How often its connection was lost under it before anything was committed.
        var moves = 0
        /// Whoever ends one connection may be ending all of them, one after the other.
        static var mostMoves: Int { 4 }
        var mayMove: Bool { moves < Self.mostMoves }
        fileprivate let number: Int
    }

    enum Order {
        case run(Ticket)
        case connect
        case sleep(until: Instant?)
        /// The seat's thread ends. Nobody is left to do these.
        case end(abandoned: [Job])
    }

    private enum Seat {
        case down
        /// Shall connect.
        case summoned
        case connecting
        case idle
        /// Shall run this.
        case assigned(Ticket)
        case busy(isWrite: Bool)
        case gone
    }

    private var seats: [Seat]
    /// Idle seats; the one used last is taken first, so that the others' connections can rest.
    private var idle: [Int] = []
    private var reads: Deque<Ticket> = []
    private var writes: Deque<Ticket> = []
    private var runningWrites = 0
    private var tickets = 0
    /// No connection is made before.
    private var retryAt: Instant?
    private let maxWrites: Int
    private let maxWaiting: Int

    private(set) var isClosed = false
    /// Why the server cannot be reached; nil while it can, or nobody knows.
    private(set) var outage: String?

    init(connections: Int, writes: Int, waiting: Int) {
        seats = Array(repeating: .down, count: max(1, connections))
        maxWrites = max(1, writes)
        maxWaiting = max(1, waiting)
    }

    var waiting: Int { reads.count + writes.count }

    /// When ``expire(_:)`` has something to do.
    var nextDeadline: Instant? {
        [reads.first?.deadline, writes.first?.deadline].compactMap { $0 }.min()
    }

    /// Takes a job, or says why not.
    mutating func add(
        _ job: Job, isWrite: Bool, deadline: Instant, now: Instant
    ) throws(StorageError) -> [Int] {
        guard !isClosed else { throw .unavailable("the database is closed") }
        if let outage { throw .unavailable(outage) }
        guard waiting < maxWaiting else { throw .unavailable("\(maxWaiting) calls wait for a connection already") }
        tickets += 1
        let ticket = Ticket(job: job, isWrite: isWrite, deadline: deadline, number: tickets)
        if isWrite { writes.append(ticket) } else { reads.append(ticket) }
        return dispatch(now)
    }

    /// What a seat does now. Asked by its own thread only.
    mutating func next(_ seat: Int, now: Instant) -> Order {
        switch seats[seat] {
        case .assigned(let ticket):
            seats[seat] = .busy(isWrite: ticket.isWrite)
            return .run(ticket)
        case .idle where isClosed:
            idle.removeAll { $0 == seat }
            return end(seat)
        case .idle: return .sleep(until: nil)
        case .down where isClosed, .summoned where isClosed: return end(seat)
        case .down where !wantsConnection: return .sleep(until: nil)
        case .down where retryAt.map({ $0 > now }) ?? false: return .sleep(until: retryAt)
        case .down, .summoned, .connecting:
            seats[seat] = .connecting
            return .connect
        case .busy, .gone: return end(seat)
        }
    }

    /// The seat's connection stands. Returns whether this ends an outage.
    mutating func connected(_ seat: Int, now: Instant) -> (endsOutage: Bool, wake: [Int]) {
        let endsOutage = outage != nil
        outage = nil
        retryAt = nil
        rest(seat)
        return (endsOutage, dispatch(now).filter { $0 != seat })
    }

    /// The seat could not connect. Without any other connection that is an outage: who waits is told, and so is who
    /// comes until a connection stands.
    mutating func failed(_ seat: Int, reason: String, retryAt: Instant) -> (beginsOutage: Bool, refused: [Job]) {
        seats[seat] = .down
        self.retryAt = retryAt
        guard connections == 0, connecting == 0 else { return (false, []) }
        let beginsOutage = outage == nil
        outage = reason
        return (beginsOutage, takeWaiting())
    }

    /// The seat has done its job. `moved` is the job if it has to be done again elsewhere.
    mutating func finished(_ seat: Int, isConnected: Bool, moved: Ticket?, now: Instant) -> [Int] {
        if case .busy(let isWrite) = seats[seat], isWrite { runningWrites -= 1 }
        if isConnected { rest(seat) } else { seats[seat] = .down }
        if var moved {
            moved.moves += 1
            putBack(moved)
        }
        return dispatch(now).filter { $0 != seat }
    }

    /// The connection of an idle seat has ended.
    mutating func lost(_ seat: Int, now: Instant) -> [Int] {
        idle.removeAll { $0 == seat }
        if case .assigned(let ticket) = seats[seat] {
            if ticket.isWrite { runningWrites -= 1 }
            putBack(ticket)
        }
        seats[seat] = .down
        return dispatch(now).filter { $0 != seat }
    }

    /// Takes out the jobs that have waited too long.
    mutating func expire(_ now: Instant) -> [Job] {
        var expired: [Job] = []
        while let first = reads.first, first.deadline <= now { expired.append(reads.removeFirst().job) }
        while let first = writes.first, first.deadline <= now { expired.append(writes.removeFirst().job) }
        return expired
    }

    /// Takes no more jobs. Those that wait are done if there is a connection; all seats are to be woken.
    mutating func close() {
        isClosed = true
    }
}

extension PoolState.Ticket: Sendable where Job: Sendable {}

extension PoolState {
    private var connections: Int {
        seats.count {
            switch $0 {
            case .idle, .assigned, .busy: true
            default: false
            }
        }
    }

    private var connecting: Int {
        seats.count {
            switch $0 {
            case .summoned, .connecting: true
            default: false
            }
        }
    }

    /// One connection per job that waits, but one attempt at a time when none succeeds; and one is always kept up.
    private var wantsConnection: Bool {
        let connecting = connecting
        if connecting == 0, connections == 0 { return true }
        return outage == nil && waitingForConnection > connecting
    }

    /// Writes that must wait for another write need no connection of their own.
    private var waitingForConnection: Int {
        reads.count + min(writes.count, max(0, maxWrites - runningWrites))
    }

    private mutating func rest(_ seat: Int) {
        seats[seat] = .idle
        idle.append(seat)
    }

    /// Hands waiting jobs to idle seats and summons further ones. Returns the seats to wake.
    private mutating func dispatch(_ now: Instant) -> [Int] {
        var wake: [Int] = []
        while !idle.isEmpty, let ticket = takeRunnable(), let seat = idle.popLast() {
            if ticket.isWrite { runningWrites += 1 }
            seats[seat] = .assigned(ticket)
            wake.append(seat)
        }
        guard !isClosed, retryAt.map({ $0 <= now }) ?? true else { return wake }
        while wantsConnection, let seat = seats.firstIndex(where: { if case .down = $0 { true } else { false } }) {
            seats[seat] = .summoned
            wake.append(seat)
        }
        return wake
    }

    /// The one that has waited longest of those that may run.
    private mutating func takeRunnable() -> Ticket? {
        let write = runningWrites < maxWrites ? writes.first : nil
        guard let read = reads.first else { return write == nil ? nil : writes.popFirst() }
        if let write, write.number < read.number { return writes.popFirst() }
        return reads.popFirst()
    }

    private mutating func putBack(_ ticket: Ticket) {
        if ticket.isWrite { writes.prepend(ticket) } else { reads.prepend(ticket) }
    }

    private mutating func end(_ seat: Int) -> Order {
        seats[seat] = .gone
        return .end(abandoned: connections == 0 && connecting == 0 ? takeWaiting() : [])
    }

    private mutating func takeWaiting() -> [Job] {
        defer {
            reads = []
            writes = []
        }
        return (reads + writes).map(\.job)
    }
}
