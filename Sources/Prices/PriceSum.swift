/// A sum of units times rates, exact until it is rounded once.
///
/// A factor is at most `Int.max`, so a product is below 2^126 and cannot overflow; sums saturate.
struct PriceSum {
    /// Units of which rates state the price of a million.
    private static let scale: UInt128 = 1_000_000

    /// Nano-dollars times a million, times a thousand for the sake of milliseconds.
    private var total: UInt128 = 0
    /// False once an amount above zero met an unknown rate.
    private(set) var isKnown = true

    /// - Parameter rate: nano-dollars per million; negative numbers count as 0.
    mutating func add(_ units: Int, at rate: Int?) {
        addThousandths(units, at: rate, factor: 1000)
    }

    /// The same for thousandths of a unit.
    mutating func add(thousandths units: Int, at rate: Int?) {
        addThousandths(units, at: rate, factor: 1)
    }

    private mutating func addThousandths(_ units: Int, at rate: Int?, factor: UInt128) {
        guard units > 0 else { return }
        guard let rate else {
            isKnown = false
            return
        }
        let product = UInt128(units) * UInt128(max(0, rate))
        let (scaled, overflowed) = product.multipliedReportingOverflow(by: factor)
        let (sum, sumOverflowed) = total.addingReportingOverflow(scaled)
        total = overflowed || sumOverflowed ? .max : sum
    }

    /// Nano-dollars rounded half up, at most `Int.max`; nil if some rate is unknown.
    var nanodollars: Int? {
        guard isKnown else { return nil }
        let divisor = Self.scale * 1000
        let (quotient, rest) = total.quotientAndRemainder(dividingBy: divisor)
        return Int(clamping: rest >= divisor / 2 ? quotient + 1 : quotient)
    }
}
