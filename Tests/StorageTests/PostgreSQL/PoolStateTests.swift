import Testing

@testable import Storage

@Suite struct PoolStateTests {
    private let start = ContinuousClock.now
    private var later: ContinuousClock.Instant { start + .seconds(5) }

    private func pool(_ connections: Int = 2, writes: Int = 1, waiting: Int = 10) -> PoolState<Int> {
        PoolState(connections: connections, writes: writes, waiting: waiting)
    }

    /// One with all its connections standing.
    private func connectedPool(_ connections: Int = 2, writes: Int = 1, waiting: Int = 10) -> PoolState<Int> {
        var pool = pool(connections, writes: writes, waiting: waiting)
        for seat in 0..<connections { _ = pool.connected(seat, now: start) }
        return pool
    }

    private func describe(_ order: PoolState<Int>.Order) -> String {
        switch order {
        case .run(let ticket): "run \(ticket.job)"
        case .connect: "connect"
        case .sleep(let until): until == nil ? "sleep" : "sleep a while"
        case .end(let abandoned): "end \(abandoned)"
        }
    }

    private func next(_ pool: inout PoolState<Int>, _ seat: Int, at now: ContinuousClock.Instant? = nil) -> String {
        describe(pool.next(seat, now: now ?? start))
    }

    @Test func keepsOneConnectionUp() {
        var pool = pool()
        #expect(next(&pool, 0) == "connect")
        #expect(next(&pool, 1) == "sleep")
        #expect(pool.connected(0, now: start).wake == [])
        #expect(next(&pool, 0) == "sleep")
        #expect(pool.lost(0, now: start) == [])
        #expect(next(&pool, 1) == "sleep")
        #expect(next(&pool, 0) == "connect")
    }

    @Test func connectsForEachThatWaits() throws {
        var pool = pool(3)
        #expect(try pool.add(1, isWrite: false, deadline: later, now: start) == [0])
        #expect(try pool.add(2, isWrite: false, deadline: later, now: start) == [1])
        #expect(next(&pool, 0) == "connect")
        #expect(next(&pool, 1) == "connect")
        #expect(next(&pool, 2) == "sleep")
        // The first connection takes the first job; nobody connects for it any more.
        #expect(pool.connected(1, now: start).wake == [])
        #expect(next(&pool, 1) == "run 1")
        #expect(try pool.add(3, isWrite: false, deadline: later, now: start) == [2])
    }

    @Test func theSeatUsedLastIsUsedFirst() throws {
        var pool = connectedPool(3)
        #expect(try pool.add(1, isWrite: false, deadline: later, now: start) == [2])
        #expect(next(&pool, 2) == "run 1")
        #expect(try pool.add(2, isWrite: false, deadline: later, now: start) == [1])
        #expect(pool.finished(2, isConnected: true, moved: nil, now: start) == [])
        #expect(try pool.add(3, isWrite: false, deadline: later, now: start) == [2])
    }

    @Test func writesRunOneByOneWhileReadsPass() throws {
        var pool = connectedPool(3)
        #expect(try pool.add(1, isWrite: true, deadline: later, now: start) == [2])
        #expect(try pool.add(2, isWrite: true, deadline: later, now: start) == [])
        #expect(try pool.add(3, isWrite: false, deadline: later, now: start) == [1])
        #expect(pool.waiting == 1)
        #expect(next(&pool, 2) == "run 1")
        #expect(next(&pool, 1) == "run 3")
        #expect(pool.finished(1, isConnected: true, moved: nil, now: start) == [])
        #expect(pool.finished(2, isConnected: true, moved: nil, now: start) == [])
        #expect(next(&pool, 2) == "run 2")
    }

    @Test func waitingWritesNeedNoConnections() throws {
        var pool = pool(4)
        #expect(try pool.add(1, isWrite: true, deadline: later, now: start) == [0])
        for job in 2...5 { #expect(try pool.add(job, isWrite: true, deadline: later, now: start) == []) }
    }

    @Test func jobsAreTakenInTheirOrder() throws {
        var pool = connectedPool(1)
        for job in 0..<6 { _ = try pool.add(job, isWrite: job % 2 == 0, deadline: later, now: start) }
        for job in 0..<6 {
            #expect(next(&pool, 0) == "run \(job)")
            _ = pool.finished(0, isConnected: true, moved: nil, now: start)
        }
        #expect(next(&pool, 0) == "sleep")
    }

    @Test func theQueueIsBounded() throws {
        var pool = pool(1, waiting: 2)
        for job in 0..<2 { _ = try pool.add(job, isWrite: false, deadline: later, now: start) }
        #expect(throws: StorageError.unavailable("2 calls wait for a connection already")) {
            _ = try pool.add(3, isWrite: false, deadline: later, now: start)
        }
    }

    @Test func waitingEndsAtItsDeadline() throws {
        var pool = pool(1)
        #expect(pool.nextDeadline == nil)
        _ = try pool.add(1, isWrite: false, deadline: start + .seconds(2), now: start)
        _ = try pool.add(2, isWrite: true, deadline: start + .seconds(1), now: start)
        #expect(pool.nextDeadline == start + .seconds(1))
        #expect(pool.expire(start) == [])
        #expect(pool.expire(start + .seconds(1)) == [2])
        #expect(pool.expire(start + .seconds(9)) == [1])
        #expect(pool.nextDeadline == nil)
    }

    @Test func anOutageIsToldAtOnceUntilAConnectionStands() throws {
        var pool = pool(2)
        #expect(next(&pool, 0) == "connect")
        _ = try pool.add(1, isWrite: false, deadline: later, now: start)
        let failed = pool.failed(0, reason: "refused", retryAt: start + .seconds(1))
        #expect(failed.beginsOutage)
        #expect(failed.refused == [1])
        #expect(throws: StorageError.unavailable("refused")) {
            _ = try pool.add(2, isWrite: false, deadline: later, now: start)
        }
        #expect(next(&pool, 0) == "sleep a while")
        #expect(next(&pool, 1) == "sleep a while")
        let again = start + .seconds(1)
        #expect(next(&pool, 0, at: again) == "connect")
        #expect(next(&pool, 1, at: again) == "sleep", "one attempt at a time")
        #expect(!pool.failed(0, reason: "still", retryAt: start + .seconds(2)).beginsOutage)
        #expect(pool.outage == "still")
        #expect(next(&pool, 0, at: start + .seconds(2)) == "connect")
        #expect(pool.connected(0, now: again).endsOutage)
        #expect(try pool.add(3, isWrite: false, deadline: later, now: again) == [0])
    }

    /// "Too many connections": those that stand serve on.
    @Test func oneFailureAmongConnectionsIsNoOutage() throws {
        var pool = pool(2)
        _ = pool.connected(0, now: start)
        _ = try pool.add(1, isWrite: false, deadline: later, now: start)
        #expect(next(&pool, 0) == "run 1")
        #expect(try pool.add(2, isWrite: false, deadline: later, now: start) == [1])
        #expect(next(&pool, 1) == "connect")
        let failed = pool.failed(1, reason: "too many", retryAt: start + .seconds(1))
        #expect(!failed.beginsOutage)
        #expect(failed.refused == [])
        #expect(try pool.add(3, isWrite: false, deadline: later, now: start) == [])
        #expect(pool.finished(0, isConnected: true, moved: nil, now: start) == [])
        #expect(next(&pool, 0) == "run 2")
    }

    @Test func aMovedJobComesFirstAndMovesOnce() throws {
        var pool = connectedPool(2)
        _ = try pool.add(1, isWrite: true, deadline: later, now: start)
        guard case .run(let ticket) = pool.next(1, now: start) else {
            Issue.record("no job")
            return
        }
        #expect(ticket.moves == 0)
        _ = try pool.add(2, isWrite: true, deadline: later, now: start)
        #expect(pool.finished(1, isConnected: false, moved: ticket, now: start) == [0])
        guard case .run(let moved) = pool.next(0, now: start) else {
            Issue.record("no job")
            return
        }
        #expect(moved.job == 1)
        #expect(moved.moves == 1)
    }

    @Test func aConnectionLostBetweenGivingAndTakingLosesNoJob() throws {
        var pool = connectedPool(2)
        #expect(try pool.add(1, isWrite: true, deadline: later, now: start) == [1])
        #expect(pool.lost(1, now: start) == [0])
        #expect(next(&pool, 0) == "run 1")
    }

    @Test func closingServesWhoWaits() throws {
        var pool = connectedPool(2)
        _ = try pool.add(1, isWrite: true, deadline: later, now: start)
        #expect(next(&pool, 1) == "run 1")
        _ = try pool.add(2, isWrite: true, deadline: later, now: start)
        pool.close()
        #expect(throws: StorageError.unavailable("the database is closed")) {
            _ = try pool.add(3, isWrite: false, deadline: later, now: start)
        }
        #expect(next(&pool, 0) == "end []")
        _ = pool.finished(1, isConnected: true, moved: nil, now: start)
        #expect(next(&pool, 1) == "run 2")
        _ = pool.finished(1, isConnected: true, moved: nil, now: start)
        #expect(next(&pool, 1) == "end []")
    }

    @Test func closingWithoutConnectionsAbandonsWhoWaits() throws {
        var pool = connectedPool(1)
        _ = try pool.add(1, isWrite: true, deadline: later, now: start)
        #expect(next(&pool, 0) == "run 1")
        _ = try pool.add(2, isWrite: false, deadline: later, now: start)
        pool.close()
        _ = pool.finished(0, isConnected: false, moved: nil, now: start)
        #expect(next(&pool, 0) == "end [2]")
    }

    /// Whatever happens in whatever order: no job is lost, none is run twice, and writes never overlap.
    @Test(arguments: 0..<50)
    func everyJobHasOneEnd(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var world = World(seats: Int.random(in: 1...4, using: &random), start: start)
        for _ in 0..<400 { try world.step(&random) }
        world.pool.close()
        world.finishAll()
        #expect(world.ended.count == world.accepted)
        #expect(Set(world.ended).count == world.ended.count)
        #expect(world.mostWrites <= 1)
    }
}

/// Threads that do what the pool says, in any order.
private struct World {
    var pool: PoolState<Int>
    var now: ContinuousClock.Instant
    var running: [Int: PoolState<Int>.Ticket] = [:]
    var connecting: Set<Int> = []
    var gone: Set<Int> = []
    var accepted = 0
    var ended: [Int] = []
    var mostWrites = 0
    let seats: Int

    init(seats: Int, start: ContinuousClock.Instant) {
        self.seats = seats
        now = start
        pool = PoolState(connections: seats, writes: 1, waiting: 5)
    }

    mutating func step(_ random: inout SplitMix64) throws {
        now += .milliseconds(Int.random(in: 0...20, using: &random))
        let seat = Int.random(in: 0..<seats, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1:
            let deadline = now + .milliseconds(200)
            if (try? pool.add(accepted, isWrite: .random(using: &random), deadline: deadline, now: now)) != nil {
                accepted += 1
            }
        case 2: ended += pool.expire(now)
        default: act(seat, succeeds: Int.random(in: 0..<4, using: &random) > 0)
        }
        mostWrites = max(mostWrites, running.values.count { $0.isWrite })
    }

    mutating func act(_ seat: Int, succeeds: Bool) {
        if let ticket = running.removeValue(forKey: seat) {
            let mayMove = !succeeds && ticket.mayMove
            if !mayMove { ended.append(ticket.job) }
            _ = pool.finished(seat, isConnected: succeeds, moved: mayMove ? ticket : nil, now: now)
        } else if connecting.remove(seat) != nil {
            if succeeds {
                _ = pool.connected(seat, now: now)
            } else {
                ended += pool.failed(seat, reason: "down", retryAt: now + .milliseconds(30)).refused
            }
        } else if !gone.contains(seat) {
            switch pool.next(seat, now: now) {
            case .run(let ticket): running[seat] = ticket
            case .connect: connecting.insert(seat)
            case .sleep: break
            case .end(let abandoned):
                gone.insert(seat)
                ended += abandoned
            }
        }
    }

    mutating func finishAll() {
        for _ in 0..<100 {
            now += .seconds(1)
            for seat in 0..<seats { act(seat, succeeds: true) }
        }
    }
}
