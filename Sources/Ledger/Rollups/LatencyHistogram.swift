/// How long requests took, mergeable. Borders and error: ``LatencyBuckets``.
package struct LatencyHistogram: Sendable, Hashable {
    /// Requests per bucket; empty or ``LatencyBuckets/count`` long.
    private var counts: [Int] = []

    package init() {}

    /// Requests in all buckets.
    package var count: Int { counts.reduce(0, Self.sum) }

    /// Counts requests; a negative latency counts as 0.
    mutating func add(milliseconds: Int, requests: Int = 1) {
        add(bucket: LatencyBuckets.borders.firstIndex { milliseconds < $0 } ?? LatencyBuckets.borders.count, requests)
    }

    mutating func add(bucket: Int, _ requests: Int) {
        guard requests > 0, (0..<LatencyBuckets.count).contains(bucket) else { return }
        if counts.isEmpty { counts = Array(repeating: 0, count: LatencyBuckets.count) }
        counts[bucket] = Self.sum(counts[bucket], requests)
    }

    mutating func add(_ other: LatencyHistogram) {
        if counts.isEmpty {
            counts = other.counts
        } else {
            for (bucket, requests) in other.counts.enumerated() { add(bucket: bucket, requests) }
        }
    }

    /// The latency in milliseconds that `percent` of all requests did not exceed; nil without requests.
    ///
    /// - Parameter percent: held to 0...100.
    package func percentile(_ percent: Int) -> Int? {
        let total = count
        guard total > 0 else { return nil }
        let percent = min(max(0, percent), 100)
        // The rank of the request that is meant, from 1; division before multiplication, so that nothing overflows.
        let rank = max(1, total / 100 * percent + (total % 100 * percent + 99) / 100)
        var below = 0
        for (bucket, requests) in counts.enumerated() where requests > 0 {
            if Self.sum(below, requests) >= rank { return value(bucket, rank: rank - below, of: requests) }
            below = Self.sum(below, requests)
        }
        return nil
    }

    /// As if the bucket's requests were spread evenly over it.
    private func value(_ bucket: Int, rank: Int, of requests: Int) -> Int {
        let (lower, upper) = LatencyBuckets.range(bucket)
        guard let upper else { return lower }
        // In the middle of its share: a lone request is in the middle of the bucket. Floating point only shapes an
        // estimate here; nothing is added up.
        let share = (Double(rank) - 0.5) / Double(requests)
        return lower + Int(Double(upper - lower) * share)
    }

    /// Held at the largest integer: no sum of requests comes near it.
    private static func sum(_ left: Int, _ right: Int) -> Int {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
