/// The end of a chain: how many rows it has and the hash of the last one.
///
/// Kept outside of the database, a head is a checkpoint: whoever rewrites a row up to it, with all hashes and the head
/// that is stored, cannot make ``AuditTrail/verify(_:against:onChain:)`` accept the result.
package struct AuditHead: Sendable, Hashable {
    package let tenant: String
    /// Also the number of the last row.
    package let rows: Int
    /// 32 bytes.
    package let hash: [UInt8]

    package init(tenant: String, rows: Int, hash: [UInt8]) {
        self.tenant = tenant
        self.rows = rows
        self.hash = hash
    }

    /// From the form in which heads are shown; nil if that is no hash.
    package init?(tenant: String, rows: Int, hexadecimal: String) {
        guard let hash = Hexadecimal.decode(hexadecimal), hash.count == 32 else { return nil }
        self.init(tenant: tenant, rows: rows, hash: hash)
    }

    /// ``hash`` as it is shown.
    package var hexadecimal: String { Hexadecimal.encode(hash) }

    init(_ row: SQLRow) throws(StorageError) {
        tenant = try row.text("tenant")
        rows = try row.int("row_count")
        hash = try row.bytes("hash")
    }
}
