import Synchronization

/// Reads the records of an outbox, oldest segment first, those still being written included. The records of a lane
/// come in the order they were appended; the lanes' order among each other is only roughly that of time.
///
/// Read, apply, ``confirm()``; or ``rewind()`` where applying failed. Not thread-safe: for one task at a time, and not
/// on an event loop, since old segments are read from the disk.
package final class OutboxReader {
    private struct Cursor {
        let segment: OutboxSegment
        var offset: Int
        var records: Int
        /// When the next one was appended, or else the last one.
        var nextTime: Int?
        /// What the disk has of a segment that is not mapped any more.
        var copy: SegmentBytes?

        init(_ segment: OutboxSegment) {
            self.segment = segment
            let confirmed = segment.confirmed
            self.offset = confirmed.offset
            self.records = confirmed.records
        }
    }

    private let keeper: OutboxKeeper
    private var cursors: [ObjectIdentifier: Cursor] = [:]

    init(keeper: OutboxKeeper) {
        self.keeper = keeper
    }

    /// Calls `body` with each of the next records, until there are `maxRecords` or their payloads have reached
    /// `maxBytes`. Answers an empty batch when there is none; then ask again later.
    ///
    /// A segment that cannot be read is left for later, out of its order, and reported in ``OutboxFigures/troubles``.
    package func read(maxRecords: Int, maxBytes: Int = .max, _ body: (OutboxRecord) -> Void) -> OutboxBatch {
        let segments = keeper.shelf.segments
        forget(except: segments)
        var batch = OutboxBatch()
        var trouble: OutboxError?
        // A lane can fill a segment and begin the next one while we look at the first: the next has to wait until all
        // before it has been read.
        var unfinishedLanes: Set<Int> = []
        for segment in segments where !unfinishedLanes.contains(segment.name.lane) {
            guard batch.records < maxRecords, batch.bytes < maxBytes else { break }
            do throws(OutboxError) {
                let isWhole = segment.isSealed.load(ordering: .acquiring)
                try read(segment, maxRecords, maxBytes, &batch, body)
                if !isWhole { unfinishedLanes.insert(segment.name.lane) }
            } catch {
                trouble = error
                // Nothing will bring its records back, and the others must not wait for them.
                if case .vanished = error { abandon(segment) }
            }
        }
        if trouble != keeper.shelf.troubles.reading { keeper.shelf.note(trouble, \.reading) }
        return batch
    }

    /// Everything read so far has been applied for good, and will not be offered again.
    package func confirm() {
        var canDelete = false
        for cursor in cursors.values {
            let segment = cursor.segment
            let confirmed = segment.confirmed
            guard cursor.offset > confirmed.offset else { continue }
            // At the end of a whole segment all are done with, the damaged ones too.
            let isWhole = segment.isSealed.load(ordering: .acquiring)
            let isDone = isWhole && cursor.offset >= segment.published.load(ordering: .acquiring)
            let records = isDone ? segment.records.load(ordering: .relaxed) : cursor.records
            segment.confirm(offset: cursor.offset, records: records, nextTime: cursor.nextTime)
            canDelete = canDelete || segment.isApplied
        }
        if canDelete { keeper.inbox.nudge() }
    }

    /// Goes back to what has been confirmed: the records read since come again.
    package func rewind() {
        for id in Array(cursors.keys) {
            guard var cursor = cursors[id] else { continue }
            let confirmed = cursor.segment.confirmed
            cursor.offset = confirmed.offset
            cursor.records = confirmed.records
            cursors[id] = cursor
        }
    }

    private func read(
        _ segment: OutboxSegment, _ maxRecords: Int, _ maxBytes: Int, _ batch: inout OutboxBatch,
        _ body: (OutboxRecord) -> Void
    ) throws(OutboxError) {
        let id = ObjectIdentifier(segment)
        let end = segment.published.load(ordering: .acquiring)
        var cursor = cursors[id] ?? Cursor(segment)
        guard cursor.offset < end else { return }
        let bytes = try bytes(&cursor)
        defer { withExtendedLifetime(bytes) { cursors[id] = cursor } }
        let readable = UnsafeRawBufferPointer(rebasing: bytes.readable.prefix(end))
        var walker = FrameWalker(readable, seed: segment.seed, from: cursor.offset)
        while batch.records < maxRecords, batch.bytes < maxBytes, cursor.offset < end {
            switch walker.next() {
            case .record(let view):
                let position = OutboxPosition(sequence: segment.name.sequence, offset: view.offset)
                body(OutboxRecord(position: position, time: view.time, bytes: view.payload))
                batch.records += 1
                batch.bytes += view.payload.count
                cursor.records += 1
                cursor.nextTime = view.time
                cursor.offset = min(walker.offset, end)
            case .gap(let skipped):
                batch.damagedBytes += skipped
                cursor.offset = walker.offset
            case .end:
                batch.damagedBytes += end - cursor.offset
                cursor.offset = end
            }
        }
        if case .record(let view) = walker.next() { cursor.nextTime = view.time }
        // A whole segment in memory is not kept for the case of a rewind.
        if cursor.offset >= end { cursor.copy = nil }
    }

    private func bytes(_ cursor: inout Cursor) throws(OutboxError) -> SegmentBytes {
        // The map is not kept: it holds the directory's lock.
        if let bytes = cursor.segment.map ?? cursor.copy { return bytes }
        let copy = try keeper.files.content(of: cursor.segment)
        cursor.copy = copy
        return copy
    }

    private func forget(except segments: [OutboxSegment]) {
        guard !cursors.isEmpty else { return }
        let present = Set(segments.map { ObjectIdentifier($0) })
        for id in Array(cursors.keys) where !present.contains(id) { cursors[id] = nil }
    }

    private func abandon(_ segment: OutboxSegment) {
        let end = segment.published.load(ordering: .acquiring)
        segment.confirm(offset: end, records: segment.records.load(ordering: .relaxed), nextTime: nil)
        keeper.inbox.nudge()
    }
}
