/// What a request asks of the limits before it is sent. Requests and concurrency are always 1.
package struct LimitDemand: Sendable, Hashable {
    package struct Amount: Sendable, Hashable {
        /// What must fit, or the request is refused.
        package let need: Int
        /// What is reserved if there is room; at least ``need``.
        package let want: Int

        package init(need: Int, want: Int) {
            self.need = LimitAmount.clamped(need)
            self.want = Swift.max(self.need, LimitAmount.clamped(want))
        }
    }

    package let tokens: Amount
    /// Nano-dollars.
    package let cost: Amount

    package init(tokens: Amount, cost: Amount) {
        self.tokens = tokens
        self.cost = cost
    }

    /// How much of the claim's resource must fit.
    package func need(for claim: LimitClaim) -> Int {
        claim.amount(tokens: tokens.need, cost: cost.need)
    }
}
