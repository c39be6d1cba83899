/// A local log of byte records between those who must not wait and those who may: event loops append, a writer
/// applies the records to the database and confirms them.
///
/// An appended record survives the end of this process in any form. Each is read again until it has been confirmed,
/// also by the next process: at least once. Making that exactly once is up to whoever applies it (by an id in the
/// record).
package final class Outbox: Sendable {
    /// One for each thread that appends; see ``OutboxLane``.
    package let lanes: [OutboxLane]
    /// What former processes had left.
    package let recovery: OutboxRecovery
    let keeper: OutboxKeeper
    /// nil when nothing is ever forced onto the disk.
    let syncer: OutboxSyncer?

    private init(recovery: OutboxRecovery, keeper: OutboxKeeper, syncer: OutboxSyncer?) {
        self.lanes = keeper.slots.enumerated().map { OutboxLane(index: $0, slot: $1, keeper: keeper) }
        self.recovery = recovery
        self.keeper = keeper
        self.syncer = syncer
    }

    deinit {
        syncer?.inbox.stop()
        keeper.inbox.stop()
    }

    /// Takes the directory over, with all that is in it. Blocks for as long as it takes to read that.
    ///
    /// A full disk is no error here: then ``figures`` say so, appends are refused, and what there is can be read.
    ///
    /// - Throws: ``OutboxError/locked(directory:process:)`` while another process works there,
    ///   ``OutboxError/invalidOptions(_:)``, or what the system says of the directory.
    package static func open(_ options: OutboxOptions) throws(OutboxError) -> Outbox {
        try open(options, system: OutboxSystem())
    }

    static func open(_ options: OutboxOptions, system: OutboxSystem) throws(OutboxError) -> Outbox {
        try options.check()
        try Directory.createIfAbsent(options.directory)
        let lock = try DirectoryLock(directory: options.directory)
        let files = SegmentFile(directory: options.directory, system: system, sync: options.sync)
        var recovery = SegmentRecovery(files: files)
        try recovery.run()
        let shelf = SegmentShelf(
            segments: recovery.segments, nextSequence: recovery.nextSequence, maxBytes: options.maxBytes)
        let inbox = try ThreadInbox(path: options.directory)
        let syncInbox = options.sync == .off ? nil : try ThreadInbox(path: options.directory)
        let syncer = syncInbox.map { OutboxSyncer(files: files, shelf: shelf, inbox: $0, keeperInbox: inbox) }
        let keeper = OutboxKeeper(
            options: options, files: files, shelf: shelf, lock: lock, inbox: inbox, syncInbox: syncInbox)
        // Stops what has been started if the rest cannot be.
        let outbox = Outbox(recovery: recovery.report, keeper: keeper, syncer: syncer)
        try keeper.start()
        try syncer?.start()
        return outbox
    }

    /// Returns when the record is on the disk, as the policy has it: with `always` that is hurried, with `interval`
    /// it takes up to that long, with `off` nobody waits. Records applied meanwhile count as durable.
    ///
    /// Cancellation changes nothing: the wait is as long as the disk takes.
    ///
    /// - Throws: ``OutboxError/system(_:path:code:)`` when the disk failed to take it; the record is still read and
    ///   applied unless the system crashes before. ``OutboxError/closed`` or
    ///   ``OutboxError/tooManyWaiting(limit:)``.
    package func durable(_ ticket: OutboxTicket) async throws(OutboxError) {
        // Not on the shelf: applied and deleted.
        guard let syncer, let segment = keeper.shelf.segment(ticket.end.sequence) else { return }
        if let known = segment.durability(of: ticket.end.offset) { return try known.get() }
        let result = await withCheckedContinuation { continuation in
            let waiter = ThreadInbox.Waiter(segment: segment, end: ticket.end.offset, continuation: continuation)
            syncer.inbox.post(waiter, hurries: keeper.options.sync == .always)
        }
        try result.get()
    }

    /// Forces everything appended before this call onto the disk (unless the policy is `off`) and deletes what has
    /// been applied. Returns when that has been tried; ``figures`` say whether it worked.
    package func flush() async {
        if let syncer { await withCheckedContinuation { syncer.inbox.postFlush($0, stops: false) } }
        await withCheckedContinuation { keeper.inbox.postFlush($0, stops: false) }
    }

    /// Ends the work in the directory: forces records onto the disk by the policy, shortens the segments of closed
    /// lanes, and lets other processes in. What has not been applied is there for the next.
    ///
    /// Close the lanes first, each on its own thread: the directory stays ours until the last lane is closed or gone.
    package func close() async {
        if let syncer { await withCheckedContinuation { syncer.inbox.postFlush($0, stops: true) } }
        await withCheckedContinuation { keeper.inbox.postFlush($0, stops: true) }
    }

    /// Begins at the oldest record that is not confirmed. Readers of one outbox are independent, but what any of them
    /// confirms is confirmed.
    package func makeReader() -> OutboxReader {
        OutboxReader(keeper: keeper)
    }
}
