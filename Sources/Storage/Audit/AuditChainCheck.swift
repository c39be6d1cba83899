/// Walks along a chain and says where it stops being one. Pure: rows come in, in the order of their numbers, and only
/// the place is decided here; what happened there needs a look at the rest of the chain (``AuditDiagnosis``).
struct AuditChainCheck {
    let tenant: String
    /// How the chain was once, if that is known from outside.
    let checkpoint: AuditHead?
    /// Rows found whole so far; the number of the last of them.
    private(set) var rows = 0
    /// The hash of the last of them.
    private(set) var hash = AuditHash.genesis

    init(tenant: String, checkpoint: AuditHead? = nil) {
        self.tenant = tenant
        self.checkpoint = checkpoint
    }

    /// The number the next row must have.
    var expected: Int { rows + 1 }

    enum Step: Equatable {
        case whole
        /// The row does not follow the last one.
        case broken
        /// The row fits, but is not the one that the checkpoint saw.
        case rewritten(AuditBreak)
    }

    mutating func accept(_ row: AuditRow) -> Step {
        guard row.sequence == expected, row.previousHash == hash, row.wasWritten(as: expected) else { return .broken }
        rows = row.sequence
        hash = row.hash
        if let checkpoint, checkpoint.rows == rows, checkpoint.hash != hash {
            return .rewritten(fault(rows, .changed, "it or a row before it is not what it was at the checkpoint"))
        }
        return .whole
    }

    /// After the last row.
    /// - Parameters:
    ///   - head: as stored, read together with the last row.
    ///   - isKnown: whether the chain must exist, by what is known from elsewhere.
    func finish(head: AuditHead?, isKnown: Bool) -> AuditBreak? {
        if rows == 0, head?.rows ?? 0 == 0 {
            return isKnown || (checkpoint?.rows ?? 0) > 0
                ? fault(1, .removed, "nothing is left of the chain") : nil
        }
        guard let head else {
            return fault(rows, .headless, "the record of the chain's end is gone, so rows may be missing after it")
        }
        if head.rows > rows {
            return fault(expected, .removed, "the chain ended with row \(head.rows), now with row \(rows)")
        }
        if head.rows < rows {
            return fault(max(0, head.rows) + 1, .inserted, "the chain ended with row \(head.rows)")
        }
        if head.hash != hash {
            return fault(rows, .changed, "it fits the row before, but the record of the chain's end has another hash")
        }
        if let checkpoint, checkpoint.rows > rows {
            return fault(expected, .removed, "the chain had \(checkpoint.rows) rows at the checkpoint, now \(rows)")
        }
        return nil
    }

    func fault(_ row: Int, _ reason: AuditBreak.Reason, _ detail: String) -> AuditBreak {
        AuditBreak(tenant: tenant, row: row, reason: reason, detail: detail)
    }
}
