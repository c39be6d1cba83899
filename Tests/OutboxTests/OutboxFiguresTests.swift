import Testing

@testable import Outbox

@Suite struct OutboxFiguresTests {
    @Test func depthAndAge() async throws {
        try await TemporaryDirectory.run { directory in
            let clock = TestClock(10_000)
            let options = TestBench.options(directory, clock: clock)
            try await TestBench.run(options) { outbox in
                #expect(outbox.figures.records == 0)
                #expect(outbox.figures.oldest == nil)
                #expect(outbox.figures.oldestAge(now: 99_999) == 0)
                for number in 0..<5 {
                    outbox.lanes[0].append([UInt8](repeating: 0, count: 8 * number))
                    clock.advance(1_000)
                }
                #expect(outbox.figures.records == 5)
                #expect(outbox.figures.bytes == 5 * 16 + 8 * (0 + 1 + 2 + 3 + 4))
                #expect(outbox.figures.oldest == 10_000)
                #expect(outbox.figures.oldestAge(now: clock.now) == 5_000)
                #expect(outbox.figures.oldestAge(now: 9_000) == 0)
                let reader = outbox.makeReader()
                _ = reader.readSome(2)
                #expect(outbox.figures.records == 5, "read is not applied")
                reader.confirm()
                #expect(outbox.figures.records == 3)
                #expect(outbox.figures.bytes == 3 * 16 + 8 * (2 + 3 + 4))
                #expect(outbox.figures.oldest == 12_000)
            }
            // The next process knows as much of what is left, and of the part that was applied already.
            try await TestBench.run(options) { outbox in
                #expect(outbox.figures.records == 5)
                #expect(outbox.figures.oldest == 10_000)
                let reader = outbox.makeReader()
                _ = reader.readSome(4)
                reader.confirm()
                #expect(outbox.figures.oldest == 14_000)
                _ = reader.readSome(4)
                reader.confirm()
                #expect(outbox.figures.oldest == nil)
            }
        }
    }

    /// A segment that is not in memory any more still tells the age of what is left in it.
    @Test func ageOfASealedSegment() async throws {
        try await TemporaryDirectory.run { directory in
            let clock = TestClock(1_000)
            try await TestBench.run(TestBench.options(directory, clock: clock)) { outbox in
                for number in 0..<12 {
                    while !outbox.lanes[0].append(Sample.record(number, bytes: 700)).isAppended { await outbox.flush() }
                    clock.advance(1)
                }
                let reader = outbox.makeReader()
                _ = reader.readSome(1)
                reader.confirm()
                await outbox.flush()
                #expect(outbox.figures.oldest == 1_001)
                #expect(outbox.figures.records == 11)
                reader.rewind()
                _ = reader.readSome(2)
                reader.confirm()
                #expect(outbox.figures.oldest == 1_003)
                #expect(outbox.figures.records == 9)
            }
        }
    }

    @Test func filesAndBound() async throws {
        try await TemporaryDirectory.run { directory in
            let options = TestBench.options(directory, lanes: 3, segments: 50)
            try await TestBench.run(options) { outbox in
                await outbox.flush()
                #expect(outbox.figures.segments == 3)
                #expect(outbox.figures.fileBytes == 3 * TestBench.segmentBytes)
                #expect(outbox.figures.maxBytes == 50 * TestBench.segmentBytes)
                outbox.lanes[1].append([1])
                await outbox.flush()
                #expect(outbox.figures.segments == 4)
                #expect(!outbox.figures.isFull && !outbox.figures.isRunningLow)
                #expect(outbox.figures.refused == 0)
                #expect(outbox.figures.troubles.all.isEmpty)
            }
        }
    }

    /// Refused once because the next segment was not ready: not full for long.
    @Test func aLateSegmentIsNoLastingTrouble() async throws {
        try await TemporaryDirectory.run { directory in
            try await TestBench.run(TestBench.options(directory)) { outbox in
                let lane = outbox.lanes[0]
                var refused = 0
                for number in 0..<300 where !lane.append(Sample.record(number, bytes: 900)).isAppended { refused += 1 }
                await outbox.flush()
                #expect(outbox.figures.refused == refused)
                #expect(!lane.isFull || outbox.figures.isRunningLow)
            }
        }
    }

    @Test func labelsAndMessages() {
        let errors: [(OutboxError, String, String)] = [
            (.locked(directory: "d", process: nil), "locked", "another process"),
            (.atBound(bytes: 5), "at_bound", "bound of 5 bytes"),
            (.vanished(path: "p"), "vanished", "p was removed"),
            (.closed, "closed", "closed"),
            (.tooManyWaiting(limit: 3), "too_many_waiting", "more than 3"),
            (.system(.reserve, path: "p", code: 28), "disk_full", "free some space"),
            (.system(.create, path: "p", code: 30), "read_only", "must be writable"),
            (.system(.create, path: "p", code: 13), "permission", "must belong to the user"),
            (.system(.read, path: "p", code: 5), "io", "cannot read p"),
            (.system(.map, path: "p", code: 12), "system", "cannot map p"),
        ]
        for (error, label, part) in errors {
            #expect(error.label == label)
            #expect("\(error)".contains(part), "\(error)")
        }
    }
}
