package import Storage
package import WireJSON

/// One kind of thing in a backup. Whoever owns a table that people fill at run time adds a section for it.
package protocol BackupSection: Sendable {
    /// The member of the document's `sections`; never changes.
    var name: String { get }

    /// Hands every stored row to `row`, as an object without secrets that would be of use to a thief, in an order that
    /// does not depend on chance.
    func write(from connection: any SQLConnection, _ row: (JSONObject) -> Void) throws(StorageError)

    /// Checks rows from a document, all of them; what is wrong goes to `reading`. The changes are applied only if no
    /// section found anything, in the order of the sections.
    func read(_ rows: [BackupRow], _ reading: inout BackupReading) -> [BackupChange]
}

/// Puts one row in place, inside the restoring transaction. Returns the audit entries of what it changed: none if the
/// row was already as it should be.
package typealias BackupChange = @Sendable (any SQLConnection) throws(StorageError) -> [AuditEntry]
