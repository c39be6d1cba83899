package import Storage

/// The answer to a ``UsageQuery``.
package struct UsageReport: Sendable, Hashable {
    /// What was really added up, which may be a little more than what was asked for.
    package var from: Timestamp
    package var to: Timestamp
    /// By period, oldest first, and within one by the query's order. Groups without requests are left out.
    package var rows: [UsageGroup]
    /// Of all groups, those left out by the limit among them.
    package var total: UsageTotals
    /// Whether there are more groups than the limit let through.
    package var isCut: Bool
}

/// One row of an answer.
package struct UsageGroup: Sendable, Hashable {
    /// The beginning of the period; nil if times are not told apart.
    package var time: Timestamp?
    /// The group's name in each dimension asked for, those of time excepted. Empty: none, as with requests that had no
    /// key.
    package var names: [UsageDimension: String]
    package var totals: UsageTotals
}
