import Testing

@testable import Outbox

@Suite struct OutboxReaderTests {
    @Test func nothingIsDroppedBeforeItIsConfirmed() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            try await TestBench.run(options) { outbox in
                let records = Sample.records(0..<30, bytes: 800)
                for record in records { while !outbox.lanes[0].append(record).isAppended { await outbox.flush() } }
                let reader = outbox.makeReader()
                #expect(reader.readAll() == records)
                await outbox.flush()
                let before = TemporaryDirectory.segments(options.directory).count
                #expect(before >= 7)
                #expect(outbox.figures.records == 30)
                reader.confirm()
                await outbox.flush()
                #expect(outbox.figures.records == 0)
                // The one being written and the next.
                #expect(TemporaryDirectory.segments(options.directory).count == 2)
            }
            #expect(TemporaryDirectory.segments(options.directory).isEmpty)
        }
    }

    @Test func aRewindOffersTheSameAgain() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let records = Sample.records(0..<40, bytes: 500)
                for record in records { while !outbox.lanes[0].append(record).isAppended { await outbox.flush() } }
                await outbox.flush()
                let reader = outbox.makeReader()
                #expect(reader.readSome(13) == Array(records[..<13]))
                reader.rewind()
                #expect(reader.readSome(13) == Array(records[..<13]))
                reader.confirm()
                #expect(reader.readSome(20) == Array(records[13..<33]))
                reader.rewind()
                reader.rewind()
                #expect(reader.readAll() == Array(records[13...]))
                reader.confirm()
                reader.rewind()
                #expect(reader.readAll().isEmpty)
            }
        }
    }

    /// What the database has confirmed is the next reader's beginning; what it has not comes again, also in the next
    /// process.
    @Test(arguments: UInt64(0)..<12)
    func readConfirmRewindAndReopen(_ seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory, segments: 256)
            var appended: [[UInt8]] = []
            var applied: [[UInt8]] = []
            for _ in 0..<4 {
                try await TestBench.run(options) { outbox in
                    let reader = outbox.makeReader()
                    // Offered again, since only whole segments are forgotten: the part before what was not applied.
                    var skip = outbox.recovery.records - (appended.count - applied.count)
                    #expect(skip >= 0)
                    var pending: [[UInt8]] = []
                    for _ in 0..<60 {
                        switch Int.random(in: 0...9, using: &random) {
                        case 0...4:
                            let record = Sample.record(appended.count, bytes: Int.random(in: 0...900, using: &random))
                            while !outbox.lanes[0].append(record).isAppended { await outbox.flush() }
                            appended.append(record)
                        case 5...7: pending += reader.readSome(Int.random(in: 1...9, using: &random))
                        case 8:
                            reader.confirm()
                            let again = min(skip, pending.count)
                            skip -= again
                            applied += pending.dropFirst(again)
                            pending = []
                        default:
                            reader.rewind()
                            pending = []
                        }
                        #expect(applied + [] == Array(appended.prefix(applied.count)))
                    }
                }
            }
            let rest = try await TestBench.contents(options)
            #expect(rest == appended.suffix(rest.count))
            #expect(rest.count >= appended.count - applied.count)
        }
    }

    @Test func batchesEndAtTheirLimits() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                outbox.lanes[0].append(all: Sample.records(0..<10, bytes: 100))
                let reader = outbox.makeReader()
                #expect(reader.read(maxRecords: 0) { _ in Issue.record("read") }.isEmpty)
                #expect(reader.read(maxRecords: 3) { _ in } == OutboxBatch(records: 3, bytes: 300))
                // Reached, not kept: a record longer than the limit must come too.
                #expect(reader.read(maxRecords: 9, maxBytes: 250) { _ in } == OutboxBatch(records: 3, bytes: 300))
                #expect(reader.read(maxRecords: 9, maxBytes: 1) { _ in } == OutboxBatch(records: 1, bytes: 100))
                #expect(reader.read(maxRecords: 9) { _ in } == OutboxBatch(records: 3, bytes: 300))
                #expect(reader.read(maxRecords: 9) { _ in }.isEmpty)
            }
        }
    }

    @Test func eachLaneInItsOrder() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory, lanes: 3, segments: 200)) { outbox in
                var random = SplitMix64(seed: 4)
                var counts = [0, 0, 0]
                var seen: [[UInt8]] = []
                let reader = outbox.makeReader()
                for _ in 0..<900 {
                    let lane = Int.random(in: 0...2, using: &random)
                    let record = [UInt8(lane)] + Sample.record(counts[lane], bytes: 90)
                    while !outbox.lanes[lane].append(record).isAppended { await outbox.flush() }
                    counts[lane] += 1
                    if Int.random(in: 0...30, using: &random) == 0 {
                        seen += reader.readSome(25)
                        reader.confirm()
                    }
                }
                seen += reader.readAll()
                for lane in 0...2 {
                    let own = seen.filter { $0[0] == UInt8(lane) }.map { Array($0.dropFirst()) }
                    #expect(own == Sample.records(0..<counts[lane], bytes: 90))
                }
            }
        }
    }

    /// A lane that moves on to the next segment while the reader is in the one before: the rest of that comes first.
    @Test func overtakenByTheLane() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let lane = outbox.lanes[0]
                await outbox.flush()
                lane.append(all: Sample.records(0..<3, bytes: 500))
                // The next one is ready, so that the lane can go on within the reader's call.
                await outbox.flush()
                let reader = outbox.makeReader()
                var seen: [[UInt8]] = []
                for _ in 0..<3 {
                    _ = reader.read(maxRecords: 100) { record in
                        seen.append(Array(record.bytes))
                        if seen.count == 1 { #expect(lane.append(all: Sample.records(3..<12, bytes: 500)) == 9) }
                    }
                }
                #expect(seen == Sample.records(0..<12, bytes: 500))
            }
        }
    }

    @Test func oldSegmentsComeFirst() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory, lanes: 2)
            for round in 0..<3 {
                try await TestBench.run(options) { outbox in
                    for lane in outbox.lanes { lane.append([UInt8(round)]) }
                    let seen = outbox.makeReader().readAll()
                    #expect(seen == (0...round).flatMap { [[UInt8($0)], [UInt8($0)]] })
                }
            }
        }
    }

    /// A second reader sees what is being written, through the same memory, and its own place only.
    @Test func readersAreIndependent() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let first = outbox.makeReader()
                let second = outbox.makeReader()
                outbox.lanes[0].append([1])
                #expect(first.readAll() == [[1]])
                outbox.lanes[0].append([2])
                #expect(second.readAll() == [[1], [2]])
                #expect(first.readAll() == [[2]])
                second.confirm()
                second.confirm()
                #expect(outbox.figures.records == 0)
                first.confirm()
                #expect(outbox.figures.records == 0)
                #expect(outbox.makeReader().readAll().isEmpty)
            }
        }
    }

    /// A segment that another reader has had deleted does not stop one who is in the middle of it.
    @Test func deletedUnderAReader() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            try await TestBench.run(options) { $0.lanes[0].append(all: Sample.records(0..<20)) }
            try await TestBench.run(options) { outbox in
                let slow = outbox.makeReader()
                #expect(slow.readSome(5) == Sample.records(0..<5))
                let fast = outbox.makeReader()
                #expect(fast.readAll() == Sample.records(0..<20))
                fast.confirm()
                await outbox.flush()
                #expect(slow.readAll().isEmpty)
                slow.confirm()
                slow.rewind()
                outbox.lanes[0].append([9])
                #expect(slow.readAll() == [[9]])
            }
        }
    }

    /// One thread appends, another reads and confirms: nothing is lost, doubled or out of order.
    @Test func readingWhileAppending() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory, lanes: 2, segments: 32)
            try await TestBench.run(options) { outbox in
                let count = 6_000
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for lane in outbox.lanes {
                        group.addTask {
                            for number in 0..<count {
                                let record = [UInt8(lane.index)] + Sample.record(number, bytes: 60)
                                while !lane.append(record).isAppended { await Task.yield() }
                            }
                        }
                    }
                    group.addTask {
                        let reader = outbox.makeReader()
                        var next = [0, 0]
                        while next != [count, count] {
                            let batch = reader.read(maxRecords: 100) { record in
                                let lane = Int(record.bytes[0])
                                let expected = Sample.record(next[lane], bytes: 60)
                                #expect(Array(record.bytes.dropFirst()) == expected)
                                next[lane] += 1
                            }
                            reader.confirm()
                            if batch.isEmpty { await Task.yield() }
                            #expect(batch.damagedBytes == 0)
                        }
                    }
                    try await group.waitForAll()
                }
                await outbox.flush()
                #expect(outbox.figures.records == 0)
                #expect(outbox.figures.bytes == 0)
            }
        }
    }
}
