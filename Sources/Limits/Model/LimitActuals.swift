/// What a request used in the end.
package struct LimitActuals: Sendable, Hashable {
    /// Nothing was used: what a request that never reached a provider settles.
    package static let nothing = LimitActuals(requests: 0, tokens: 0, cost: 0)

    /// 0 or 1.
    package let requests: Int
    package let tokens: Int
    /// Nano-dollars.
    package let cost: Int

    package init(requests: Int, tokens: Int, cost: Int) {
        self.requests = LimitAmount.clamped(requests)
        self.tokens = LimitAmount.clamped(tokens)
        self.cost = LimitAmount.clamped(cost)
    }
}
