/// What happened where a chain breaks: looks for the row that should be there, and for the place the row that is there
/// comes from.
struct AuditDiagnosis {
    /// As it was before the row that does not fit.
    let check: AuditChainCheck
    let connection: any SQLConnection

    /// How far from its place a row is looked for, in numbers; each costs a hash.
    private static let reach = 100_000

    func explain(_ row: AuditRow) throws(StorageError) -> AuditBreak {
        let expected = check.expected
        guard row.sequence > check.rows else {
            return check.fault(row.sequence, .inserted, "rows are numbered from 1 on")
        }
        let head = try AuditTrail.head(of: check.tenant, on: connection)
        let isBehindEnd = head.map { expected > $0.rows } ?? false
        let place = try placeOfExpected()
        guard row.sequence == expected else {
            if isBehindEnd { return check.fault(row.sequence, .inserted, "the chain ended with row \(check.rows)") }
            if let place { return check.fault(expected, .reordered, "it is now row \(place)") }
            let last = row.sequence - 1
            return check.fault(expected, .removed, last == expected ? "one row is missing" : "so are all up to \(last)")
        }
        guard let origin = try origin(of: row) else {
            if isBehindEnd { return check.fault(expected, .inserted, "the chain ended with row \(check.rows)") }
            return place.map { check.fault(expected, .inserted, "the row that was here is now row \($0)") }
                ?? check.fault(expected, .changed, "its content does not fit its hash")
        }
        if origin > expected {
            return place.map { check.fault(expected, .reordered, "row \(origin) is here, and this row is now \($0)") }
                ?? check.fault(expected, .removed, "the row that is here now was row \(origin)")
        }
        if origin < expected {
            if try isThere(row, as: origin) {
                return check.fault(expected, .inserted, "it is a copy of row \(origin)")
            }
            return check.fault(origin, .inserted, "what was row \(origin) is now row \(expected)")
        }
        if let place { return check.fault(expected, .inserted, "the row that was here is now row \(place)") }
        // The row is whole, but it was written after another row than the one that is before it now.
        return check.fault(max(1, check.rows), .changed, "row \(expected) was written after another row than this one")
    }

    /// Where the row is now that was written after the last whole one; nil if it is nowhere, or edited.
    private func placeOfExpected() throws(StorageError) -> Int? {
        let candidates = try connection.query(
            "SELECT * FROM audit WHERE tenant = \(check.tenant) AND previous_hash = \(check.hash) LIMIT 8")
        for candidate in candidates {
            let row = try AuditRow(candidate)
            if row.sequence != check.expected, row.wasWritten(as: check.expected) { return row.sequence }
        }
        return nil
    }

    /// Whether the row with this number, which was found whole, is the same one.
    private func isThere(_ row: AuditRow, as sequence: Int) throws(StorageError) -> Bool {
        try connection.first("SELECT hash FROM audit WHERE tenant = \(check.tenant) AND sequence = \(sequence)")?
            .bytes("hash") == row.hash
    }

    /// The number the row was written with; nil for a row that was edited, or never written.
    private func origin(of row: AuditRow) throws(StorageError) -> Int? {
        if row.wasWritten(as: row.sequence) { return row.sequence }
        let last = try lastNumber()
        for distance in 1...Self.reach {
            let (before, after) = (row.sequence - distance, row.sequence + distance)
            guard before > 0 || after <= last else { return nil }
            if after <= last, row.wasWritten(as: after) { return after }
            if before > 0, row.wasWritten(as: before) { return before }
        }
        return nil
    }

    /// The highest number that the chain has or had, as far as can be seen.
    private func lastNumber() throws(StorageError) -> Int {
        let row = try connection.first("SELECT max(sequence) AS last FROM audit WHERE tenant = \(check.tenant)")
        let head = try AuditTrail.head(of: check.tenant, on: connection)
        return max(try row?.optionalInt("last") ?? 0, head?.rows ?? 0, check.checkpoint?.rows ?? 0)
    }
}
