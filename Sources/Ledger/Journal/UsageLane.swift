package import Outbox
package import Storage

/// Where one event loop writes its settled requests down. An append is a copy into mapped memory: it survives the end
/// of this process in any form, and costs neither a lock nor a system call.
///
/// `@unchecked Sendable`: confined to the event loop it is given to; only ``isFull`` may be read elsewhere.
package final class UsageLane: @unchecked Sendable {
    /// What became of a record.
    package enum Outcome: Sendable, Hashable {
        case written(OutboxTicket)
        /// There is no room at the moment; it is kept in memory and comes with the next one, or with ``flush()``.
        case waits
        /// It is not recorded anywhere.
        case lost(OutboxAppend)
    }

    private let lane: OutboxLane
    private var ids = UUIDv7Generator()
    private var random = SystemRandomNumberGenerator()
    private var buffer: [UInt8] = []
    /// Records for which there was no room, in their order and without their logs: the next segment may be a moment
    /// away.
    private var waiting: [[UInt8]] = []
    private var waitingBytes = 0
    private static let waitingLimit = 4 << 20

    package init(_ lane: OutboxLane) {
        self.lane = lane
        buffer.reserveCapacity(1024)
    }

    /// No room is left for new requests: those that can still be refused should be, so that what is left goes to
    /// those that have begun.
    package var isFull: Bool { lane.isFull || lane.isRunningLow }

    /// The id of the next record.
    package func nextID(at now: Timestamp) -> UUIDv7 { ids.next(at: now, random: &random) }

    /// Writes a record down, without its log if there is no room for that.
    package func append(_ record: UsageRecord) -> Outcome {
        var record = record
        encode(record)
        if buffer.count > lane.maxRecordBytes || (record.log != nil && !waiting.isEmpty) {
            record.log = nil
            encode(record)
        }
        guard flush() == 0 else { return wait() }
        switch buffer.withUnsafeBytes({ lane.append($0) }) {
        case .appended(let ticket): return .written(ticket)
        case .full:
            record.log = nil
            encode(record)
            return wait()
        case let refusal: return .lost(refusal)
        }
    }

    private func encode(_ record: UsageRecord) {
        buffer.removeAll(keepingCapacity: true)
        UsageRecordCodec.encode(record, into: &buffer)
    }

    private func wait() -> Outcome {
        guard waitingBytes + buffer.count <= Self.waitingLimit else { return .lost(.full) }
        waiting.append(buffer)
        waitingBytes += buffer.count
        return .waits
    }

    /// Writes down what waits for room, and returns how many still do.
    @discardableResult
    package func flush() -> Int {
        var written = 0
        for record in waiting {
            guard record.withUnsafeBytes({ lane.append($0) }).isAppended else { break }
            written += 1
            waitingBytes -= record.count
        }
        if written > 0 { waiting.removeFirst(written) }
        return waiting.count
    }

    /// No more records. On the event loop of the lane. Returns how many had no room: they are lost.
    package func close() -> Int {
        let left = flush()
        lane.close()
        return left
    }
}
