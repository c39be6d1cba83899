package import Storage

/// Which rows of the ledger are meant. Members that are nil hold nothing back.
package struct UsageRowFilter: Sendable, Hashable {
    /// Whose rows the asker may see; enforced whatever the other members say.
    package var scope: TenantScope
    /// The first moment that counts.
    package var from: Timestamp?
    /// The first moment that counts no more.
    package var to: Timestamp?
    package var tenant: String?
    /// A key's public id.
    package var key: String?
    package var user: String?
    package var provider: String?
    package var status: StatusFilter?

    package init(scope: TenantScope) {
        self.scope = scope
    }
}

/// Which answers are meant, by their HTTP status.
package enum StatusFilter: Sendable, Hashable {
    case exactly(Int)
    /// Every status in a range: `400..<500`, or `400..<600` for all failures.
    case within(Range<Int>)
}

/// Which end of the ledger comes first.
package enum UsageRowOrder: Sendable, Hashable {
    case newestFirst
    case oldestFirst
}
