/// Amounts as people write them.
package enum Quantities {
    /// `500ms`, `3s`, `2m`, `1h`, `7d` in milliseconds; at most ten years.
    package static func duration(_ text: String) -> Int? {
        for (unit, factor) in [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        where text.hasSuffix(unit) {
            guard let count = natural(text.dropLast(unit.count)) else { continue }
            return bounded(count, factor, limit: 3650 * 86_400_000)
        }
        return nil
    }

    /// `1024`, `64KiB`, `32MiB`, `1GiB`, `10MB` in bytes; at most 1 TiB.
    static func bytes(_ text: String) -> Int? {
        let units = [
            ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("KB", 1000), ("MB", 1_000_000),
            ("GB", 1_000_000_000),
            ("B", 1), ("", 1),
        ]
        for (unit, factor) in units where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard let count = natural(digits.last == " " ? digits.dropLast() : digits) else { continue }
            return bounded(count, factor, limit: 1 << 40)
        }
        return nil
    }

    /// Decimal US dollars in nano-dollars, exactly: `50`, `0.25`, `1.000000001`; at most a billion dollars.
    static func nanodollars(_ text: String) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let whole = natural(first), whole <= 1_000_000_000 else { return nil }
        guard parts.count == 2 else { return whole * 1_000_000_000 }
        var fraction = parts[1]
        while fraction.count > 9, fraction.last == "0" { fraction = fraction.dropLast() }
        // Grouping would spoil the count of decimals.
        guard fraction.count <= 9, !fraction.contains("_"), let digits = natural(fraction) else { return nil }
        var scaled = digits
        for _ in fraction.count..<9 { scaled *= 10 }
        return whole * 1_000_000_000 + scaled
    }

    /// Digits only (`1_000_000` may be grouped), so no sign and no exponent.
    static func natural(_ text: some StringProtocol) -> Int? {
        guard let first = text.utf8.first, (48...57).contains(first),
            text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "_") })
        else { return nil }
        return Int(String(text.filter { $0 != "_" }))
    }

    private static func bounded(_ count: Int, _ factor: Int, limit: Int) -> Int? {
        let (value, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow || value > limit ? nil : value
    }
}
