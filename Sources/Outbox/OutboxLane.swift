import Synchronization

/// Where one thread appends. Takes no lock and makes no system call, but for one in some thousand records, when it
/// moves on to the next segment.
///
/// `@unchecked Sendable`: confined to the thread (event loop) it is given to; only ``isFull``, ``isRunningLow`` and
/// the constants may be read elsewhere.
package final class OutboxLane: @unchecked Sendable {
    package let index: Int
    /// The longest record.
    package let maxRecordBytes: Int
    private let slot: LaneSlot
    private let inbox: ThreadInbox
    private let clock: @Sendable () -> Int
    private var segment: OutboxSegment?
    private var map: SegmentBytes?
    private var offset = 0
    private var records = 0
    private var isClosed = false

    init(index: Int, slot: LaneSlot, keeper: OutboxKeeper) {
        self.index = index
        self.slot = slot
        self.inbox = keeper.inbox
        self.clock = keeper.options.clock
        self.maxRecordBytes = keeper.options.segmentBytes - SegmentHeader.bytes - Frame.headerBytes
    }

    /// The last append was refused for want of space, and there is none yet.
    package var isFull: Bool { slot.isFull.load(ordering: .relaxed) }

    /// The disk or the bound leaves no room for another segment: whoever can still refuse work should, so that what
    /// is left of this one goes to work already begun.
    package var isRunningLow: Bool { slot.isLow.load(ordering: .relaxed) }

    /// Appends a record that `write` puts straight where it stays.
    ///
    /// - Parameters:
    ///   - count: the most bytes that it can have.
    ///   - write: fills the buffer of `count` bytes from its beginning and answers how many it has used; nil gives
    ///     up. Must leave this lane alone.
    package func append(count: Int, write: (UnsafeMutableRawBufferPointer) -> Int?) -> OutboxAppend {
        guard count >= 0, count <= maxRecordBytes else { return .tooLarge }
        if let refusal = makeRoom(Frame.stride(payload: count)) { return refusal }
        guard let segment, let map else { return .full }
        defer { withExtendedLifetime(map) {} }
        let frame = map.base + offset
        let buffer = UnsafeMutableRawBufferPointer(start: frame + Frame.headerBytes, count: count)
        guard let used = write(buffer), used >= 0, used <= count else { return .tooLarge }

        let end = offset &+ Frame.stride(payload: used)
        // The writer may have touched more than it used, but behind the last record there must be a zero.
        if end &+ 8 <= map.count { map.base.storeBytes(of: 0, toByteOffset: end, as: UInt64.self) }
        Frame.seal(at: frame, payload: used, time: clock(), seed: segment.seed)
        offset = end
        records &+= 1
        segment.records.store(records, ordering: .relaxed)
        segment.published.store(end, ordering: .releasing)
        return .appended(OutboxTicket(end: OutboxPosition(sequence: segment.name.sequence, offset: end)))
    }

    /// Appends a copy of the bytes.
    package func append(_ bytes: UnsafeRawBufferPointer) -> OutboxAppend {
        append(count: bytes.count) { buffer in
            buffer.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// No more records: the present segment is complete, and can be deleted once it is applied.
    package func close() {
        isClosed = true
        seal()
        slot.close()?.isSealed.store(true, ordering: .releasing)
        inbox.nudge()
    }

    /// nil when there is room now.
    private func makeRoom(_ bytes: Int) -> OutboxAppend? {
        if let map, let segment, offset &+ bytes <= map.count, segment.spoiled.load(ordering: .relaxed) == 0 {
            return nil
        }
        guard !isClosed else { return .closed }
        switch slot.take() {
        case .closed: return .closed
        case .none(let isFirst):
            if isFirst { inbox.nudge() }
            return .full
        case .segment(let next):
            seal()
            segment = next
            map = next.map
            offset = SegmentHeader.bytes
            records = 0
            inbox.nudge()
            return nil
        }
    }

    private func seal() {
        segment?.isSealed.store(true, ordering: .releasing)
        segment = nil
        map = nil
    }
}
