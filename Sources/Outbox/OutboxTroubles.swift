/// What does not work at present; each is nil again once it does.
package struct OutboxTroubles: Sendable, Hashable {
    /// No next segment can be made. Lanes that have used up theirs refuse records.
    package internal(set) var preparing: OutboxError?
    /// The disk does not confirm what was written.
    package internal(set) var synchronizing: OutboxError?
    /// Applied segments cannot be deleted. After a restart they are offered again.
    package internal(set) var deleting: OutboxError?
    /// Segments cannot be read. Their records stay where they are.
    package internal(set) var reading: OutboxError?

    /// In the order of their weight.
    package var all: [OutboxError] {
        [preparing, synchronizing, reading, deleting].compactMap { $0 }
    }
}
