/// The first place where a chain is not what was written.
package struct AuditBreak: Sendable, Hashable {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// A member of the row differs from what was written.
        case changed
        /// The row is not there any more.
        case removed
        /// Another row of the chain stands in its place.
        case reordered
        /// The row was never written by the program.
        case inserted
        /// The rows are whole, but the record of the chain's end is gone.
        case headless
    }

    /// Whose chain; empty for the installation's.
    package let tenant: String
    /// Number of the row in its chain.
    package let row: Int
    package let reason: Reason
    /// What is known beyond the reason; a sentence without a final full stop.
    package let detail: String

    package init(tenant: String, row: Int, reason: Reason, detail: String) {
        self.tenant = tenant
        self.row = row
        self.reason = reason
        self.detail = detail
    }
}

extension AuditBreak: CustomStringConvertible {
    package var description: String {
        let chain = tenant.isEmpty ? "the installation's chain" : "the chain of tenant \"\(tenant)\""
        return "row \(row) of \(chain) is \(reason.rawValue): \(detail)"
    }
}
