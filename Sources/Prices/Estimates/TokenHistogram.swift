/// How long answers have been, in 32 buckets of half an octave: up to 16, 24, 32, 48, 64 … 786,432 tokens.
///
/// Old answers count for less: all counts are halved each time there are 256.
struct TokenHistogram: Sendable, Hashable {
    /// Fewer answers than this say nothing about the longest of twenty.
    static let fewest: UInt16 = 8
    private static let most: UInt16 = 256

    private var counts = SIMD32<UInt16>()
    private(set) var total: UInt16 = 0

    mutating func add(_ tokens: Int) {
        counts[Self.bucket(of: tokens)] += 1
        total += 1
        guard total >= Self.most else { return }
        counts = counts &>> 1
        total = counts.wrappedSum()
    }

    /// The bound that 95 % of the answers do not pass (the bucket's upper one); nil with too few answers.
    var percentile95: Int? {
        guard total >= Self.fewest else { return nil }
        // Of n answers, the ⌈0.95 n⌉-th in order of length.
        let rank = (Int(total) * 95 + 99) / 100
        var seen = 0
        for bucket in 0..<SIMD32<UInt16>.scalarCount {
            seen += Int(counts[bucket])
            if seen >= rank { return Self.upperBound(of: bucket) }
        }
        return Self.upperBound(of: SIMD32<UInt16>.scalarCount - 1)
    }

    static func upperBound(of bucket: Int) -> Int {
        (bucket.isMultiple(of: 2) ? 16 : 24) << (bucket / 2)
    }

    /// The first bucket whose bound holds this many; longer answers go to the last.
    static func bucket(of tokens: Int) -> Int {
        guard tokens > 16 else { return 0 }
        // Tokens in 2^k+1 … 2^(k+1): the lower half up to 1.5 × 2^k, or the upper half.
        let exponent = Int.bitWidth - 1 - (tokens - 1).leadingZeroBitCount
        let isUpper = tokens > 3 << (exponent - 1)
        return min(SIMD32<UInt16>.scalarCount - 1, (exponent - 4) * 2 + (isUpper ? 2 : 1))
    }
}
