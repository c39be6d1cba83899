/// An entry in its place in a chain.
package struct AuditRow: Sendable, Hashable {
    /// Counts from 1 without gaps, for each tenant.
    package let sequence: Int
    package let entry: AuditEntry
    /// Hash of the row before; zeros for the first.
    package let previousHash: [UInt8]
    /// Over everything above.
    package let hash: [UInt8]

    init(_ row: SQLRow) throws(StorageError) {
        sequence = try row.int("sequence")
        entry = try AuditEntry(row)
        previousHash = try row.bytes("previous_hash")
        hash = try row.bytes("hash")
    }

    /// Whether the row holds what was written as number `sequence`, whatever it followed.
    func wasWritten(as sequence: Int) -> Bool {
        AuditHash.row(sequence, after: previousHash, entry) == hash
    }
}
