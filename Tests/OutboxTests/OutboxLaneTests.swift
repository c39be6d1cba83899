import Testing

@testable import Outbox

@Suite struct OutboxLaneTests {
    @Test func whatIsAppendedIsRead() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let lane = outbox.lanes[0]
                let records = Sample.records(0..<20)
                #expect(lane.append(all: records) == 20)
                let reader = outbox.makeReader()
                #expect(reader.readAll() == records)
                #expect(reader.readAll().isEmpty)
                lane.append(Sample.record(20))
                #expect(reader.readAll() == [Sample.record(20)])
            }
        }
    }

    @Test func recordsKnowWhereAndWhen() async throws {
        try await TemporaryDirectory.run { directory in
            let clock = TestClock(5_000)
            try await TestBench.run(TestBench.options(directory, clock: clock)) { outbox in
                let first = outbox.lanes[0].append([1, 2, 3])
                clock.advance(250)
                let second = outbox.lanes[0].append([])
                var seen: [(OutboxPosition, Int, Int)] = []
                _ = outbox.makeReader().read(maxRecords: 9) { seen.append(($0.position, $0.time, $0.bytes.count)) }
                #expect(seen.map(\.1) == [5_000, 5_250])
                #expect(seen.map(\.2) == [3, 0])
                #expect(seen.map(\.0.offset) == [64, 88])
                #expect(first.ticket?.end == seen.last?.0)
                #expect(second.ticket?.end.offset == 104)
            }
        }
    }

    @Test func writtenInPlace() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let lane = outbox.lanes[0]
                let answer = lane.append(count: 100) { buffer in
                    #expect(buffer.count == 100)
                    // More than is used in the end.
                    for index in 0..<100 { buffer[index] = 0xEE }
                    return 5
                }
                #expect(answer.isAppended)
                #expect(outbox.makeReader().readAll() == [[UInt8](repeating: 0xEE, count: 5)])
                lane.append([7])
                #expect(outbox.makeReader().readAll().last == [7])
            }
        }
    }

    /// What a writer touched and did not use is not taken for a record by whoever comes after a crash.
    @Test func unusedBytesLeaveNothingBehind() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            try await TestBench.run(options) { outbox in
                _ = outbox.lanes[0].append(count: 800) { buffer in
                    for index in 0..<800 { buffer[index] = 0xFF }
                    return 16
                }
                #expect(outbox.lanes[0].append(count: 300) { _ in nil } == .tooLarge)
                try TemporaryDirectory.copy(options.directory, to: directory + "/copy/outbox")
            }
            try await TestBench.run(TestBench.options(directory + "/copy")) { outbox in
                #expect(outbox.recovery.records == 1)
                #expect(outbox.recovery.damagedBytes == 0)
            }
        }
    }

    @Test func aWriterMayGiveUp() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let lane = outbox.lanes[0]
                lane.append([1])
                for wrong in [nil, -1, 51, Int.max, Int.min] {
                    #expect(lane.append(count: 50) { _ in wrong } == .tooLarge)
                }
                lane.append([2])
                #expect(outbox.makeReader().readAll() == [[1], [2]])
            }
        }
    }

    @Test func lengthsAtTheLimit() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let lane = outbox.lanes[0]
                #expect(lane.maxRecordBytes == TestBench.segmentBytes - 80)
                let longest = Sample.record(1, bytes: lane.maxRecordBytes)
                #expect(lane.append(longest).isAppended)
                #expect(lane.append(longest + [0]) == .tooLarge)
                #expect(lane.append(count: .max) { _ in 0 } == .tooLarge)
                #expect(lane.append(count: -1) { _ in 0 } == .tooLarge)
                await outbox.flush()
                #expect(lane.append(longest).isAppended)
                #expect(outbox.makeReader().readAll() == [longest, longest])
            }
        }
    }

    @Test func manySegments() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let lane = outbox.lanes[0]
                var expected: [[UInt8]] = []
                for number in 0..<600 {
                    let record = Sample.record(number, bytes: number % 300)
                    while !lane.append(record).isAppended { await outbox.flush() }
                    expected.append(record)
                }
                #expect(outbox.figures.segments > 20)
                #expect(outbox.makeReader().readAll(maxRecords: 7) == expected)
            }
        }
    }

    @Test func aClosedLaneTakesNothing() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory, lanes: 2)) { outbox in
                outbox.lanes[0].append([1])
                outbox.lanes[0].close()
                #expect(outbox.lanes[0].append([2]) == .closed)
                #expect(outbox.lanes[1].append([3]).isAppended)
                #expect(outbox.makeReader().readAll().sorted { $0[0] < $1[0] } == [[1], [3]])
                outbox.lanes[0].close()
                #expect(outbox.lanes[0].append([4]) == .closed)
            }
        }
    }

    /// Forgotten instead of closed: its threads end and the directory is free.
    @Test(arguments: [OutboxSync.off, .always, .interval(milliseconds: 1)])
    func droppedWithoutClosing(_ sync: OutboxSync) async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory, lanes: 2, sync: sync)
            do {
                let outbox = try Outbox.open(options)
                for lane in outbox.lanes { lane.append([UInt8(lane.index)]) }
            }
            var next = try? Outbox.open(options)
            while next == nil {
                await Task.yield()
                next = try? Outbox.open(options)
            }
            let outbox = try #require(next)
            #expect(outbox.makeReader().readAll().sorted { $0[0] < $1[0] } == [[0], [1]])
            await TestBench.close(outbox)
        }
    }

    @Test func appendingAfterTheOutboxIsClosedIsSafe() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory)
            let outbox = try Outbox.open(options)
            let lane = outbox.lanes[0]
            lane.append([1])
            await outbox.close()
            // Its segment is still its own; nobody else may work in the directory.
            #expect(throws: OutboxError.self) { try Outbox.open(options) }
            #expect(lane.append([2]).isAppended)
            #expect(lane.append(all: Sample.records(0..<1_000)) < 1_000)
            #expect(lane.append([UInt8](repeating: 0, count: 2_000)) == .closed)
        }
    }
}
