/// How an outbox is, for metrics, alerts and the log.
package struct OutboxFigures: Sendable, Hashable {
    /// Appended, by whatever process, and not confirmed by a reader.
    package internal(set) var records = 0
    /// The same in bytes of their frames.
    package internal(set) var bytes = 0
    /// When the oldest of them was appended, in milliseconds since 1970; nil when there is none.
    package internal(set) var oldest: Int?
    /// Files, those prepared for later included.
    package internal(set) var segments = 0
    /// What they take on the disk, of at most ``maxBytes``.
    package internal(set) var fileBytes = 0
    package internal(set) var maxBytes = 0
    /// Appends that were answered with ``OutboxAppend/full`` since the outbox was opened.
    package internal(set) var refused = 0
    /// A lane has refused a record and has not got a new segment since.
    package internal(set) var isFull = false
    /// For a lane no next segment can be made; what is left of its present one should go to requests already running.
    package internal(set) var isRunningLow = false
    /// Calls that forced a segment onto the disk.
    package internal(set) var synchronizations = 0
    package internal(set) var failedSynchronizations = 0
    package internal(set) var troubles = OutboxTroubles()

    /// How long the oldest record has been waiting, in milliseconds; 0 when there is none.
    package func oldestAge(now: Int) -> Int {
        guard let oldest else { return 0 }
        return max(0, now.subtractingReportingOverflow(oldest).partialValue)
    }
}
