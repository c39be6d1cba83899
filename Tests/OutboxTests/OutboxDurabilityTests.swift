import Glibc
import Synchronization
import Testing

@testable import Outbox

@Suite struct OutboxDurabilityTests {
    private static func ticket(_ lane: OutboxLane) throws -> OutboxTicket {
        try #require(lane.append([1, 2, 3]).ticket)
    }

    /// All who wait while the disk is busy share its next turn.
    @Test func oneTurnForAll() async throws {
        try await TemporaryDirectory.run { directory in
            let disk = SlowDisk()
            let options = TestBench.options(directory, sync: .always)
            let outbox = try Outbox.open(options, system: disk.system)
            await outbox.flush()
            // Takes the first segment: the next one is prepared before the disk becomes slow.
            let lane = outbox.lanes[0]
            let first = try Self.ticket(lane)
            await outbox.flush()
            #expect(outbox.figures.synchronizations > 0)
            let second = try Self.ticket(lane)
            disk.becomeSlow()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await outbox.durable(second) }
                await disk.awaitCall(1)
                let late = try (0..<50).map { _ in try Self.ticket(lane) }
                for ticket in late { group.addTask { try await outbox.durable(ticket) } }
                // Already known, so without the disk.
                try await outbox.durable(first)
                while try #require(outbox.syncer).inbox.waiting < 51 { await Task.yield() }
                #expect(disk.calls.load(ordering: .relaxed) == 1)
                disk.finishCall()
                await disk.awaitCall(2)
                disk.finishCall()
                try await group.waitForAll()
            }
            #expect(disk.calls.load(ordering: .relaxed) == 2)
            disk.becomeFast()
            await TestBench.close(outbox)
        }
    }

    @Test func withTheRealDisk() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory, lanes: 2, sync: .always)) { outbox in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for lane in outbox.lanes {
                        group.addTask {
                            for number in 0..<60 {
                                var answer = lane.append(Sample.record(number, bytes: 300))
                                while !answer.isAppended {
                                    await outbox.flush()
                                    answer = lane.append(Sample.record(number, bytes: 300))
                                }
                                try await outbox.durable(try #require(answer.ticket))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(outbox.figures.records == 120)
                #expect(outbox.figures.synchronizations > 0)
            }
        }
    }

    @Test func inTheBackground() async throws {
        try await TemporaryDirectory.run { directory in
            let disk = FaultySystem()
            let options = TestBench.options(directory, sync: .interval(milliseconds: 1))
            try await TestBench.run(options, system: disk.system) { outbox in
                for _ in 0..<5 {
                    let before = outbox.figures.synchronizations
                    try await outbox.durable(try Self.ticket(outbox.lanes[0]))
                    #expect(outbox.figures.synchronizations > before)
                }
            }
        }
    }

    @Test func withoutAnyPromise() async throws {
        try await TemporaryDirectory.run { directory in
            let disk = FaultySystem()
            disk.faults.withLock { $0.synchronize = EIO }
            try await TestBench.run(TestBench.options(directory, sync: .off), system: disk.system) { outbox in
                try await outbox.durable(try Self.ticket(outbox.lanes[0]))
                await outbox.flush()
            }
            #expect(disk.synchronized.load(ordering: .relaxed) == 0)
        }
    }

    /// A disk that fails once may not be believed afterwards: the segment is given up, the next is tried.
    @Test func aDiskThatFails() async throws {
        try await TemporaryDirectory.run { directory in
            let disk = FaultySystem()
            let options = TestBench.options(directory, sync: .always)
            try await TestBench.run(options, system: disk.system) { outbox in
                let lane = outbox.lanes[0]
                let good = try Self.ticket(lane)
                try await outbox.durable(good)
                await outbox.flush()
                let bad = try Self.ticket(lane)
                disk.faults.withLock { $0.synchronize = EIO }
                await #expect { try await outbox.durable(bad) } throws: { error in
                    guard case OutboxError.system(.synchronize, _, EIO) = error else { return false }
                    return true
                }
                #expect(outbox.figures.failedSynchronizations == 1)
                #expect(outbox.figures.troubles.synchronizing?.label == "io")
                disk.faults.withLock { $0.synchronize = 0 }
                // Never taken back.
                await outbox.flush()
                await #expect(throws: OutboxError.self) { try await outbox.durable(bad) }
                try await outbox.durable(good)
                let next = try Self.ticket(lane)
                #expect(next.end.sequence > bad.end.sequence)
                try await outbox.durable(next)
                #expect(outbox.figures.troubles.synchronizing == nil)
                // In memory it is whole, and it can still be applied; then the database has it.
                let reader = outbox.makeReader()
                #expect(reader.readAll().count == 3)
                reader.confirm()
                await outbox.flush()
                try await outbox.durable(bad)
            }
        }
    }

    /// Nothing can be promised of a file that the directory does not name for certain.
    @Test func aDirectoryThatFails() async throws {
        try await TemporaryDirectory.run { directory in
            let disk = FaultySystem()
            disk.faults.withLock { $0.synchronize = EIO }
            let options = TestBench.options(directory, sync: .always)
            try await TestBench.run(options, system: disk.system) { outbox in
                let lane = outbox.lanes[0]
                await #expect(throws: OutboxError.self) { try await outbox.durable(try Self.ticket(lane)) }
                guard case .system(.synchronize, options.directory, EIO) = outbox.figures.troubles.synchronizing else {
                    Issue.record("\(outbox.figures.troubles)")
                    return
                }
                disk.faults.withLock { $0.synchronize = 0 }
                await outbox.flush()
                try await outbox.durable(try Self.ticket(lane))
                #expect(outbox.makeReader().readAll().count == 2)
            }
        }
    }

    @Test func closingWaitsForTheDisk() async throws {
        try await TemporaryDirectory.run { directory in
            let disk = FaultySystem()
            let options = TestBench.options(directory, sync: .interval(milliseconds: 60_000))
            let outbox = try Outbox.open(options, system: disk.system)
            let ticket = try Self.ticket(outbox.lanes[0])
            async let durable: Void = outbox.durable(ticket)
            await TestBench.close(outbox)
            try await durable
            try await outbox.durable(ticket)
            await outbox.flush()
            await outbox.close()
        }
    }

    @Test func tooLateForTheDisk() async throws {
        try await TemporaryDirectory.run { directory in
            let outbox = try Outbox.open(TestBench.options(directory, sync: .always))
            outbox.lanes[0].append([1])
            await outbox.close()
            let late = try Self.ticket(outbox.lanes[0])
            await #expect(throws: OutboxError.closed) { try await outbox.durable(late) }
        }
    }
}
