/// What one call of ``OutboxReader/read(maxRecords:maxBytes:_:)`` has gone over.
package struct OutboxBatch: Sendable, Hashable {
    package internal(set) var records = 0
    /// Of their payloads.
    package internal(set) var bytes = 0
    /// Stepped over, because they are not what was written.
    package internal(set) var damagedBytes = 0

    /// There was nothing (more) to apply. With ``damagedBytes`` there still is something to confirm.
    package var isEmpty: Bool { records == 0 }
}
