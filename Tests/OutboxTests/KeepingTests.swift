import Synchronization
import Testing

@testable import Outbox

@Suite struct KeepingTests {
    private static func segment(_ sequence: Int, bytes: Int = 4096, records: Int = 1) -> OutboxSegment {
        OutboxSegment(
            name: SegmentName(sequence: sequence, lane: 0), path: "segment-\(sequence)", seed: 0, end: bytes,
            records: records, firstTime: 5)
    }

    @Test func theShelfFindsByNumber() {
        let numbers = [3, 4, 9, 20]
        let shelf = SegmentShelf(segments: numbers.map { Self.segment($0) }, nextSequence: 21, maxBytes: 1 << 20)
        for number in 0..<25 {
            #expect(shelf.segment(number)?.name.sequence == (numbers.contains(number) ? number : nil))
        }
    }

    @Test func numbersRunUpToTheBound() throws {
        let shelf = SegmentShelf(segments: [Self.segment(1)], nextSequence: 2, maxBytes: 12_288)
        #expect(try shelf.number(forBytes: 8_192) == 2)
        #expect(throws: OutboxError.atBound(bytes: 12_288)) { try shelf.number(forBytes: 8_193) }
        shelf.add(Self.segment(2, bytes: 100))
        // A short one counts as the block it takes.
        #expect(shelf.fileBytes == 8_192)
        #expect(try shelf.number(forBytes: 4_096) == 3)
        #expect(throws: OutboxError.self) { try shelf.number(forBytes: 4_097) }
    }

    @Test func noNumberBeyondTheLast() throws {
        let shelf = SegmentShelf(segments: [], nextSequence: SegmentName.sequenceLimit - 1, maxBytes: 1 << 20)
        let last = try shelf.number(forBytes: 1)
        #expect(SegmentName(file: SegmentName(sequence: last, lane: 0).file)?.sequence == last)
        #expect(throws: OutboxError.self) { try shelf.number(forBytes: 1) }
    }

    @Test func appliedSegmentsCountUntilTheyAreDeleted() {
        let applied = Self.segment(1)
        let shelf = SegmentShelf(segments: [applied, Self.segment(2)], nextSequence: 3, maxBytes: 1 << 20)
        shelf.retireApplied()
        #expect(shelf.segments.count == 2)
        applied.confirm(offset: 4096, records: 1, nextTime: nil)
        shelf.retireApplied()
        #expect(shelf.segments.map(\.name.sequence) == [2])
        #expect(shelf.doomed.map(\.name.sequence) == [1])
        #expect(shelf.fileBytes == 8_192)
        shelf.deleted(applied)
        #expect(shelf.doomed.isEmpty)
        #expect(shelf.fileBytes == 4_096)
    }

    @Test func confirmationOnlyMovesForward() {
        let segment = Self.segment(1, records: 9)
        segment.confirm(offset: 500, records: 5, nextTime: 50)
        segment.confirm(offset: 400, records: 4, nextTime: 40)
        #expect(segment.confirmed.offset == 500)
        #expect(segment.confirmed.records == 5)
        #expect(segment.oldestTime == 50)
        #expect(!segment.isApplied)
        segment.confirm(offset: 4096, records: 9, nextTime: nil)
        #expect(segment.isApplied)
        #expect(segment.oldestTime == nil)
    }

    /// Being full ends with the next segment, whether or not the lane asks again: whoever looks at it may be the one
    /// who keeps it from asking.
    @Test func aSlotIsFullUntilItIsFilled() {
        let slot = LaneSlot()
        guard case .none(true) = slot.take(), case .none(false) = slot.take() else {
            Issue.record("told once")
            return
        }
        #expect(slot.isFull.load(ordering: .relaxed) == true)
        #expect(slot.refused.load(ordering: .relaxed) == 2)
        slot.isLow.store(true, ordering: .relaxed)
        #expect(slot.offer(Self.segment(1)))
        #expect(!slot.needsSpare)
        #expect(slot.isFull.load(ordering: .relaxed) == false)
        #expect(slot.isLow.load(ordering: .relaxed) == false)
        guard case .segment = slot.take(), case .none(true) = slot.take() else {
            Issue.record("taken once")
            return
        }
        #expect(slot.close() == nil)
        #expect(!slot.needsSpare)
        #expect(!slot.offer(Self.segment(2)))
        guard case .closed = slot.take() else {
            Issue.record("closed")
            return
        }
    }

    /// No request is slept through, however it falls between looking and sleeping.
    @Test func everyNudgeIsSeen() async throws {
        let inbox = try ThreadInbox(path: "test")
        let rounds = Atomic(0)
        let code = BackgroundThread.start {
            while true {
                let work = inbox.take()
                rounds.wrappingAdd(1, ordering: .relaxed)
                for flush in work.flushes { flush.resume() }
                if work.isStopping { break }
                inbox.sleep(milliseconds: nil)
            }
        }
        #expect(code == 0)
        for _ in 0..<2_000 { await withCheckedContinuation { inbox.postFlush($0, stops: false) } }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<500 {
                        inbox.nudge()
                        await withCheckedContinuation { inbox.postFlush($0, stops: false) }
                    }
                }
            }
        }
        await withCheckedContinuation { inbox.postFlush($0, stops: true) }
        #expect(rounds.load(ordering: .relaxed) >= 2_000)
        _ = inbox.leave()
        await withCheckedContinuation { inbox.postFlush($0, stops: false) }
    }
}
