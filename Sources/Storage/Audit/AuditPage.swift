/// A part of the audit list, newest rows first.
package struct AuditPage: Sendable, Hashable {
    /// At most as many as were asked for.
    package let rows: [AuditRow]
    /// Where the next page starts; nil on the last one.
    package let next: AuditCursor?
}

/// The place after a row in the audit list. Stays valid while rows are added.
package struct AuditCursor: Sendable, Hashable {
    let time: Timestamp
    let tenant: String
    let sequence: Int

    init(after row: AuditRow) {
        time = row.entry.time
        tenant = row.entry.tenant
        sequence = row.sequence
    }

    /// Reads ``text`` back; nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let time = Int(parts[0]), let sequence = Int(parts[1]) else { return nil }
        self.time = Timestamp(milliseconds: time)
        self.sequence = sequence
        tenant = String(parts[2])
    }

    /// For the `cursor` parameter of lists.
    package var text: String { "\(time.milliseconds)_\(sequence)_\(tenant)" }

    /// `AND (…) < (…)`.
    var sql: SQLStatement {
        "AND (time, tenant, sequence) < (\(time), \(tenant), \(sequence))"
    }
}
