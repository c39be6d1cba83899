/// For how long the ledger keeps what, in days; nil keeps for ever.
package struct RetentionPolicy: Sendable, Hashable {
    /// Rows of requests and their attempts. At least one day, and longer than any record waits to be applied: a record
    /// whose row is gone counts again.
    package var rows: Int? = 90
    /// What requests asked and were answered; never longer than their rows.
    package var logs: Int? = 7
    /// Sums by the minute. At least one day, because today's queries read them.
    package var minutes: Int? = 2
    /// Sums by the hour. At least two days. Days are kept for ever: a year of them is smaller than a day of rows.
    package var hours: Int? = 400

    package init() {}
}
