/// What became of a record.
package enum OutboxAppend: Sendable, Hashable {
    /// It survives the end of this process, however that comes. See ``OutboxSync`` for power failures.
    case appended(OutboxTicket)
    /// Nothing was appended: no space is left on the disk or within the bound, or (rarely) the next segment was not
    /// ready in time. Worth another try later.
    case full
    /// Nothing was appended: the record is longer than ``OutboxLane/maxRecordBytes``, or its writer gave up.
    case tooLarge
    /// Nothing was appended: the lane is closed.
    case closed

    /// Whether the record is in the outbox.
    package var isAppended: Bool {
        if case .appended = self { true } else { false }
    }
}
