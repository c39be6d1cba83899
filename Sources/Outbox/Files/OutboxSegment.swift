import Synchronization

/// One file of an outbox: written by one lane, then sealed, then deleted when everything in it has been applied.
///
/// The lane stores records behind ``published`` and then moves it; readers and the keeper only look before it.
final class OutboxSegment: Sendable {
    /// How far everything has been applied. Only moves forward, whoever reports it.
    struct Confirmed {
        var offset = SegmentHeader.bytes
        var records = 0
        /// When the first record behind it was appended, where that is not to be seen in memory.
        var nextTime: Int?
    }

    let name: SegmentName
    let path: String
    let seed: UInt32
    /// What the file takes on the disk.
    let fileBytes: Atomic<Int>
    /// The end of the last whole record.
    let published: Atomic<Int>
    let records: Atomic<Int>
    /// So far it is on the disk for certain.
    let synced: Atomic<Int>
    /// The disk has its name in the directory. Without, nothing in it would be found after a power failure.
    let isListed: Atomic<Bool>
    /// Its lane writes no more; final once seen.
    let isSealed: Atomic<Bool>
    /// The `errno` with which the disk failed to take what is behind ``synced``, else 0. The kernel forgets such pages,
    /// so that another try could succeed without having written them.
    let spoiled = Atomic<Int32>(0)
    private let storage: Mutex<SegmentBytes?>
    private let confirmation: Mutex<Confirmed>

    /// A new one, open for its lane.
    init(header: SegmentHeader, path: String, map: SegmentBytes) {
        self.name = header.name
        self.path = path
        self.seed = header.seed
        self.fileBytes = Atomic(map.count)
        self.published = Atomic(SegmentHeader.bytes)
        self.records = Atomic(0)
        self.synced = Atomic(SegmentHeader.bytes)
        self.isListed = Atomic(false)
        self.isSealed = Atomic(false)
        self.storage = Mutex(map)
        self.confirmation = Mutex(Confirmed())
    }

    /// One that a former process left.
    init(name: SegmentName, path: String, seed: UInt32, end: Int, records: Int, firstTime: Int?) {
        self.name = name
        self.path = path
        self.seed = seed
        self.fileBytes = Atomic(end)
        self.published = Atomic(end)
        self.records = Atomic(records)
        self.synced = Atomic(end)
        self.isListed = Atomic(true)
        self.isSealed = Atomic(true)
        self.storage = Mutex(nil)
        self.confirmation = Mutex(Confirmed(nextTime: firstTime))
    }

    /// The file as it is being written; nil before and after.
    var map: SegmentBytes? { storage.withLock { $0 } }

    var isDirty: Bool {
        spoiled.load(ordering: .relaxed) == 0
            && published.load(ordering: .acquiring) > synced.load(ordering: .relaxed)
    }

    /// Sealed, and nothing in it is left to be applied.
    var isApplied: Bool {
        guard isSealed.load(ordering: .acquiring) else { return false }
        return confirmation.withLock { $0.offset } >= published.load(ordering: .acquiring)
    }

    var confirmed: Confirmed { confirmation.withLock { $0 } }

    /// - Parameter nextTime: nil where the reader does not know it.
    func confirm(offset: Int, records: Int, nextTime: Int?) {
        confirmation.withLock { confirmed in
            guard offset > confirmed.offset else { return }
            confirmed = Confirmed(offset: offset, records: records, nextTime: nextTime)
        }
    }

    /// When the oldest record that is not confirmed was appended.
    var oldestTime: Int? {
        let end = published.load(ordering: .acquiring)
        let confirmed = confirmed
        guard confirmed.offset < end else { return nil }
        guard let map else { return confirmed.nextTime }
        var walker = FrameWalker(
            UnsafeRawBufferPointer(rebasing: map.readable[..<end]), seed: seed, from: confirmed.offset)
        return withExtendedLifetime(map) {
            if case .record(let view) = walker.next() { view.time } else { nil }
        }
    }

    /// Gives the map back once the lane is done. Answers it for the last time.
    func releaseMap() -> SegmentBytes? {
        // The reader may confirm more meanwhile; times hardly ever go back.
        if let oldest = oldestTime { confirmation.withLock { $0.nextTime = max($0.nextTime ?? oldest, oldest) } }
        return storage.withLock { storage in
            defer { storage = nil }
            return storage
        }
    }
}

extension OutboxSegment {
    /// Whether everything before `end` is on the disk; nil when that is not known yet.
    func durability(of end: Int) -> Result<Void, OutboxError>? {
        // Applied: then the database has it.
        if synced.load(ordering: .acquiring) >= end || isApplied { return .success(()) }
        let code = spoiled.load(ordering: .acquiring)
        return code == 0 ? nil : .failure(.system(.synchronize, path: path, code: code))
    }
}
