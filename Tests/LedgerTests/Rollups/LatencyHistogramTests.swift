import Testing

@testable import Ledger

@Suite struct LatencyHistogramTests {
    @Test func bordersRiseByACubeRootOfTwo() {
        #expect(LatencyBuckets.borders.first == 16)
        #expect(LatencyBuckets.count == LatencyBuckets.columns.count * 2)
        #expect(LatencyBuckets.names.count == LatencyBuckets.count)
        for (lower, upper) in zip(LatencyBuckets.borders, LatencyBuckets.borders.dropFirst()) {
            #expect(lower < upper)
            // Give or take whole milliseconds.
            #expect(abs(Double(upper) - Double(lower) * 1.259921) < 1.2)
        }
        #expect(LatencyBuckets.range(0).lower == 0)
        #expect(LatencyBuckets.range(LatencyBuckets.count - 1).upper == nil)
    }

    @Test func nothingHasNoPercentiles() {
        #expect(LatencyHistogram().percentile(50) == nil)
        #expect(LatencyHistogram().count == 0)
    }

    /// Of random samples of many shapes, percentiles are off by no more than a bucket's width.
    @Test func percentilesAreWithinTheStatedError() throws {
        var random = SplitMix64(seed: 41)
        for _ in 0..<200 {
            let (low, high) = (
                Int.random(in: 16..<5000, using: &random), Int.random(in: 5001..<600_000, using: &random)
            )
            var samples = (0..<Int.random(in: 1..<400, using: &random)).map { _ in
                Bool.random(using: &random) ? Int.random(in: low..<high, using: &random) : low
            }
            var histogram = LatencyHistogram()
            for sample in samples { histogram.add(milliseconds: sample) }
            samples.sort()
            for percent in [0, 1, 50, 95, 99, 100] {
                let exact = Double(samples[max(0, (samples.count * percent + 99) / 100 - 1)])
                let estimate = Double(try #require(histogram.percentile(percent)))
                #expect(estimate <= exact * 1.28 && estimate >= exact / 1.28)
            }
        }
    }

    @Test func mergingIsAddingUp() {
        var random = SplitMix64(seed: 42)
        var (left, right, both) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for _ in 0..<1000 {
            let sample = Int.random(in: -5..<1 << 21, using: &random)
            if Bool.random(using: &random) { left.add(milliseconds: sample) } else { right.add(milliseconds: sample) }
            both.add(milliseconds: sample)
        }
        var merged = left
        merged.add(right)
        #expect(merged == both)
        var other = right
        other.add(left)
        #expect(other == both)
        other.add(LatencyHistogram())
        #expect(other == both)
        #expect(both.count == 1000)
    }

    @Test func extremesDoNotTrap() {
        var histogram = LatencyHistogram()
        histogram.add(milliseconds: .min, requests: .max)
        histogram.add(milliseconds: .max, requests: .max)
        histogram.add(milliseconds: .max, requests: .max)
        histogram.add(milliseconds: 5, requests: -1)
        histogram.add(bucket: -1, 1)
        histogram.add(bucket: 48, 1)
        #expect(histogram.count == .max)
        #expect(histogram.percentile(-5) != nil)
        #expect(histogram.percentile(500) != nil)
    }

    @Test func totalsAreHeldInsteadOfOverflowing() {
        var totals = UsageTotals()
        totals.costNanodollars = .max - 1
        var other = UsageTotals()
        other.costNanodollars = 5
        other.requests = 1
        totals.add(other)
        #expect(totals.costNanodollars == .max)
        #expect(totals.requests == 1)
    }
}
