/// When records are forced onto the disk. None of it matters when the process dies, not even by SIGKILL: what was
/// appended is then with the kernel. This is about power failures and crashes of the system.
package enum OutboxSync: Sendable, Hashable {
    /// When the kernel likes, usually within half a minute.
    case off
    /// By a thread in the background, so often.
    case interval(milliseconds: Int)
    /// As soon as somebody waits in ``Outbox/durable(_:)``; all who wait at a time share one turn of the disk.
    case always
}
