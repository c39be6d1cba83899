/// The arithmetic of amounts: never negative, never above what a double holds exactly.
///
/// The Redis scripts calculate with doubles (Lua 5.1 has no other number), so every amount and every sum stays at or
/// below 2^53 - 1: 9 × 10^15 tokens, or about nine million dollars in nano-dollars per period. Above, a sum stays at
/// that bound instead of being wrong.
package enum LimitAmount {
    package static let cap = (1 << 53) - 1

    /// The amount itself, or the nearest one that is allowed.
    package static func clamped(_ amount: Int) -> Int {
        amount < 0 ? 0 : (amount > cap ? cap : amount)
    }

    /// Both must be amounts (`0...cap`), so that the sum cannot overflow.
    static func sum(_ first: Int, _ second: Int) -> Int {
        let sum = first &+ second
        return sum > cap ? cap : sum
    }

    /// What is left of an amount after giving some of it back; never below 0.
    static func difference(_ amount: Int, _ less: Int) -> Int {
        amount > less ? amount &- less : 0
    }

    /// `amount × rest / length`, rounded up, without a product above 2^53: the quotient and the remainder of the
    /// amount are weighed apart. The scripts do the same.
    static func weighed(_ amount: Int, rest: Int, length: Int) -> Int {
        if amount == 0 { return 0 }
        let (quotient, remainder) = amount.quotientAndRemainder(dividingBy: length)
        return quotient &* rest &+ (remainder &* rest &+ length &- 1) / length
    }
}
