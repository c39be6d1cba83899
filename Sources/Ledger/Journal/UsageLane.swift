package import Outbox
package import Storage

/// Where one event loop writes its settled requests down. An append is a copy into mapped memory: it survives the end
/// of this process in any form, and costs neither a lock nor a system call.
///
/// `@unchecked Sendable`: confined to the event loop it is given to; only ``isFull`` may be read elsewhere.
package final class UsageLane: @unchecked Sendable {
    private let lane: OutboxLane
    private var ids = UUIDv7Generator()
    private var random = SystemRandomNumberGenerator()
    private var buffer: [UInt8] = []
    /// Records for which there was no room, in their order: the next segment may be a moment away.
    private var waiting: [[UInt8]] = []
    /// About 1 MiB, prompt logs apart.
    private static let waitingLimit = 4096

    package init(_ lane: OutboxLane) {
        self.lane = lane
        buffer.reserveCapacity(1024)
    }

    /// No room is left for new requests: those that can still be refused should be, so that what is left goes to
    /// those that have begun.
    package var isFull: Bool { lane.isFull || lane.isRunningLow }

    /// The id of the next record.
    package func nextID(at now: Timestamp) -> UUIDv7 { ids.next(at: now, random: &random) }

    /// Writes a record down. Without its log if it is too long with it.
    ///
    /// - Returns: nil when it waits in memory for room, of which there is none at the moment: it comes with the next
    ///   one, or with ``flush()``. ``OutboxAppend/full`` when too many wait already.
    package func append(_ record: UsageRecord) -> OutboxAppend? {
        let outcome = write(record)
        guard outcome == .tooLarge, record.log != nil else { return outcome }
        var shorter = record
        shorter.log = nil
        return write(shorter)
    }

    private func write(_ record: UsageRecord) -> OutboxAppend? {
        buffer.removeAll(keepingCapacity: true)
        UsageRecordCodec.encode(record, into: &buffer)
        let outcome = flush() ? buffer.withUnsafeBytes { lane.append($0) } : .full
        guard outcome == .full, waiting.count < Self.waitingLimit else { return outcome }
        waiting.append(buffer)
        return nil
    }

    /// Writes down what waits for room. False if something still does.
    @discardableResult
    package func flush() -> Bool {
        while let first = waiting.first {
            guard first.withUnsafeBytes({ lane.append($0) }) != .full else { return false }
            waiting.removeFirst()
        }
        return true
    }

    /// No more records. On the event loop of the lane.
    package func close() {
        flush()
        lane.close()
    }
}
