/// What a reservation holds on one counter.
package struct Holding: Sendable, Hashable {
    /// Start of the period the amount was reserved in, milliseconds since 1970; 0 for concurrency.
    package let bucket: Int
    /// When that period has no effect on any decision any more, milliseconds since 1970.
    package let until: Int
    package var amount: Int
}
