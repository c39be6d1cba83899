import Synchronization

/// Forces segments onto the disk, on a thread of its own: the keeper must not wait for a slow disk, since lanes wait
/// for the keeper.
final class OutboxSyncer: Sendable {
    /// What only the thread itself knows.
    private struct Memory {
        var waiters: [ThreadInbox.Waiter] = []
        /// In milliseconds of the monotonic clock.
        var nextSync: Int?
    }

    let files: SegmentFile
    let shelf: SegmentShelf
    let inbox: ThreadInbox
    private let keeperInbox: ThreadInbox
    let synchronizations = Atomic(0)
    let failures = Atomic(0)

    init(files: SegmentFile, shelf: SegmentShelf, inbox: ThreadInbox, keeperInbox: ThreadInbox) {
        self.files = files
        self.shelf = shelf
        self.inbox = inbox
        self.keeperInbox = keeperInbox
    }

    func start() throws(OutboxError) {
        let code = BackgroundThread.start { [self] in run() }
        guard code == 0 else { throw .system(.startThread, path: files.directory, code: code) }
    }

    private func run() {
        var memory = Memory(nextSync: interval.map { MonotonicClock.milliseconds() + $0 })
        while true {
            let work = inbox.take()
            memory.waiters += work.waiters
            if work.isStopping { return finish(memory, work) }
            round(&memory, isFlush: !work.flushes.isEmpty)
            for flush in work.flushes { flush.resume() }
            inbox.sleep(milliseconds: memory.nextSync.map { max(0, $0 - MonotonicClock.milliseconds()) })
        }
    }

    private func round(_ memory: inout Memory, isFlush: Bool) {
        if let interval {
            if isFlush || MonotonicClock.milliseconds() >= memory.nextSync ?? 0 {
                synchronize(onlySealed: false)
                memory.nextSync = MonotonicClock.milliseconds() + interval
            }
        } else {
            synchronize(onlySealed: !isFlush && memory.waiters.isEmpty)
        }
        memory.waiters = resolve(memory.waiters)
    }

    private func finish(_ memory: Memory, _ work: ThreadInbox.Work) {
        synchronize(onlySealed: false)
        let late = inbox.leave()
        for waiter in resolve(memory.waiters + late.waiters) {
            waiter.continuation.resume(returning: .failure(.closed))
        }
        for flush in work.flushes + late.flushes { flush.resume() }
    }

    private var interval: Int? {
        if case .interval(let milliseconds) = files.sync { milliseconds } else { nil }
    }

    private func synchronize(onlySealed: Bool) {
        let dirty = shelf.segments.filter { segment in
            segment.isDirty && (!onlySealed || segment.isSealed.load(ordering: .acquiring))
        }
        guard !dirty.isEmpty else { return }
        do throws(OutboxError) {
            try list(dirty)
        } catch {
            for segment in dirty { failed(segment, error) }
            return
        }
        for segment in dirty { synchronize(segment) }
        if dirty.contains(where: { $0.isSealed.load(ordering: .acquiring) }) { keeperInbox.nudge() }
    }

    /// Forces the names of new segments onto the disk.
    private func list(_ segments: [OutboxSegment]) throws(OutboxError) {
        let unlisted = segments.filter { !$0.isListed.load(ordering: .relaxed) }
        guard !unlisted.isEmpty else { return }
        try Directory.synchronize(files.directory, files.system)
        for segment in unlisted { segment.isListed.store(true, ordering: .relaxed) }
    }

    private func synchronize(_ segment: OutboxSegment) {
        // Ours until we are done, even if the keeper gives it back or deletes the file meanwhile.
        guard let map = segment.map else { return }
        let before = segment.synced.load(ordering: .relaxed)
        let end = segment.published.load(ordering: .acquiring)
        do throws(OutboxError) {
            try map.synchronize(files.system, path: segment.path)
            segment.synced.store(end, ordering: .releasing)
            synchronizations.wrappingAdd(1, ordering: .relaxed)
            shelf.note(nil, \.synchronizing)
            // As much as came since the last time will come again.
            if !segment.isSealed.load(ordering: .relaxed) { map.populate(from: end, count: end - before + 4096) }
        } catch {
            failed(segment, error)
        }
    }

    private func failed(_ segment: OutboxSegment, _ error: OutboxError) {
        if case .system(_, _, let code) = error { segment.spoiled.store(code, ordering: .releasing) }
        failures.wrappingAdd(1, ordering: .relaxed)
        shelf.note(error, \.synchronizing)
    }

    /// Resumes those whose record is on the disk, or will never be. Answers the others.
    private func resolve(_ waiters: [ThreadInbox.Waiter]) -> [ThreadInbox.Waiter] {
        guard !waiters.isEmpty else { return [] }
        var rest: [ThreadInbox.Waiter] = []
        for waiter in waiters {
            if let result = waiter.segment.durability(of: waiter.end) {
                waiter.continuation.resume(returning: result)
            } else {
                rest.append(waiter)
            }
        }
        inbox.resumed(waiters.count - rest.count)
        return rest
    }
}
