import Synchronization

/// The outbox's housekeeper, a thread: prepares segments, gives back and deletes them.
final class OutboxKeeper: Sendable {
    /// What only the thread itself knows.
    private struct Memory {
        /// When to ask a full or failing disk again, in milliseconds of the monotonic clock.
        var nextTry = 0
    }

    let options: OutboxOptions
    let files: SegmentFile
    let shelf: SegmentShelf
    let slots: [LaneSlot]
    let inbox: ThreadInbox
    private let syncInbox: ThreadInbox?
    private let lock: Mutex<DirectoryLock?>
    private static let retryMilliseconds = 1000

    init(
        options: OutboxOptions, files: SegmentFile, shelf: SegmentShelf, lock: DirectoryLock, inbox: ThreadInbox,
        syncInbox: ThreadInbox?
    ) {
        self.options = options
        self.files = files
        self.shelf = shelf
        self.slots = (0..<options.lanes).map { _ in LaneSlot() }
        self.inbox = inbox
        self.syncInbox = syncInbox
        self.lock = Mutex(lock)
    }

    /// Lays the first segments ready, on the caller's thread, then starts its own.
    func start() throws(OutboxError) {
        prepare()
        let code = BackgroundThread.start { [self] in run() }
        guard code == 0 else { throw .system(.startThread, path: options.directory, code: code) }
    }

    private func run() {
        var memory = Memory()
        while true {
            let work = inbox.take()
            if work.isStopping { return finish(work) }
            round(&memory, isFlush: !work.flushes.isEmpty)
            for flush in work.flushes { flush.resume() }
            inbox.sleep(milliseconds: pause(memory))
        }
    }

    private func round(_ memory: inout Memory, isFlush: Bool) {
        // First, since a lane may be waiting.
        if isFlush || MonotonicClock.milliseconds() >= memory.nextTry { prepare(&memory) }
        if collect(isLast: false) { prepare(&memory) }
        let now = MonotonicClock.milliseconds()
        if shelf.troubles.deleting != nil, memory.nextTry <= now { memory.nextTry = now + Self.retryMilliseconds }
    }

    private func finish(_ work: ThreadInbox.Work) {
        for slot in slots { slot.close()?.isSealed.store(true, ordering: .releasing) }
        _ = collect(isLast: true)
        let late = inbox.leave()
        lock.withLock { $0 = nil }
        for flush in work.flushes + late.flushes { flush.resume() }
    }

    /// How long there is nothing to do but what others ask for; nil: for ever.
    private func pause(_ memory: Memory) -> Int? {
        let troubles = shelf.troubles
        guard troubles.preparing != nil || troubles.deleting != nil else { return nil }
        return max(0, memory.nextTry - MonotonicClock.milliseconds())
    }
}

// MARK: - The parts of a round

extension OutboxKeeper {
    private func prepare(_ memory: inout Memory) {
        if !prepare() { memory.nextTry = MonotonicClock.milliseconds() + Self.retryMilliseconds }
    }

    /// Lays a segment ready wherever one is missing. False when that is not possible.
    @discardableResult
    private func prepare() -> Bool {
        let needy = slots.enumerated().filter { $0.element.needsSpare }
        guard !needy.isEmpty else { return true }
        var trouble: OutboxError?
        for (lane, slot) in needy {
            do throws(OutboxError) {
                // One failure is enough; the others would only ask the same disk.
                if let trouble { throw trouble }
                let segment = try make(lane: lane)
                shelf.add(segment)
                // Closed meanwhile: empty and sealed, it is deleted with the applied ones.
                if !slot.offer(segment) { segment.isSealed.store(true, ordering: .releasing) }
            } catch {
                trouble = error
                slot.isLow.store(true, ordering: .relaxed)
            }
        }
        shelf.note(trouble, \.preparing)
        return trouble == nil
    }

    private func make(lane: Int) throws(OutboxError) -> OutboxSegment {
        let number = try shelf.number(forBytes: options.segmentBytes)
        let header = SegmentHeader(
            name: SegmentName(sequence: number, lane: lane), seed: UInt32.random(in: .min ... .max))
        return try files.create(header, bytes: options.segmentBytes, lock: lock.withLock { $0 })
    }

    /// Gives back what sealed segments hold, and deletes applied ones. True when there is more room now.
    private func collect(isLast: Bool) -> Bool {
        shelf.retireApplied()
        for segment in shelf.segments where segment.isSealed.load(ordering: .acquiring) {
            if isLast || options.sync == .off || !segment.isDirty {
                files.release(segment)
            } else if options.sync == .always {
                // Nobody may be waiting for its records, and its memory is to be given back.
                syncInbox?.nudge()
            }
        }
        let doomed = shelf.doomed
        guard !doomed.isEmpty else { return false }
        var trouble: OutboxError?
        for segment in doomed {
            do throws(OutboxError) {
                try files.delete(segment)
                shelf.deleted(segment)
            } catch {
                trouble = error
            }
        }
        shelf.note(trouble, \.deleting)
        return true
    }
}
