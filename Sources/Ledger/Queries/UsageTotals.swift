/// Sums over requests: of a period, a tenant, a model, or whatever was asked for. Sums that would overflow are held at
/// the largest integer.
package struct UsageTotals: Sendable, Hashable {
    package var requests = 0
    /// Requests answered with a status of 400 or more, or broken off with an error after that.
    package var errors = 0
    package var promptTokens = 0
    package var cachedTokens = 0
    package var cacheWriteTokens = 0
    package var completionTokens = 0
    package var reasoningTokens = 0
    /// Of requests whose price is known.
    package var costNanodollars = 0
    /// Requests whose price is unknown.
    package var unpricedRequests = 0
    /// What the cache saved.
    package var savedNanodollars = 0
    /// Requests answered by the cache or by another request's call.
    package var cacheHits = 0
    /// Requests whose tokens were estimated.
    package var estimatedRequests = 0
    package var streams = 0
    /// From arrival to end, over all requests.
    package var totalMilliseconds = 0
    /// From arrival to the first token, over those requests that had one.
    package var firstTokenMilliseconds = 0
    package var firstTokens = 0
    /// From arrival to end.
    package var latency = LatencyHistogram()

    package init() {}

    package mutating func add(_ other: UsageTotals) {
        for counter in RollupCounter.allCases { add(other[counter], to: counter) }
        latency.add(other.latency)
    }

    mutating func add(_ value: Int, to counter: RollupCounter) {
        let (sum, overflow) = self[counter].addingReportingOverflow(value)
        self[counter] = overflow ? .max : sum
    }
}

extension UsageTotals {
    subscript(counter: RollupCounter) -> Int {
        get {
            switch counter {
            case .requests: requests
            case .errors: errors
            case .promptTokens: promptTokens
            case .cachedTokens: cachedTokens
            case .cacheWriteTokens: cacheWriteTokens
            case .completionTokens: completionTokens
            case .reasoningTokens: reasoningTokens
            case .cost: costNanodollars
            case .unpriced: unpricedRequests
            case .saved: savedNanodollars
            case .cacheHits: cacheHits
            case .estimated: estimatedRequests
            case .streams: streams
            case .totalMilliseconds: totalMilliseconds
            case .firstTokenMilliseconds: firstTokenMilliseconds
            case .firstTokens: firstTokens
            }
        }
        set {
            switch counter {
            case .requests: requests = newValue
            case .errors: errors = newValue
            case .promptTokens: promptTokens = newValue
            case .cachedTokens: cachedTokens = newValue
            case .cacheWriteTokens: cacheWriteTokens = newValue
            case .completionTokens: completionTokens = newValue
            case .reasoningTokens: reasoningTokens = newValue
            case .cost: costNanodollars = newValue
            case .unpriced: unpricedRequests = newValue
            case .saved: savedNanodollars = newValue
            case .cacheHits: cacheHits = newValue
            case .estimated: estimatedRequests = newValue
            case .streams: streams = newValue
            case .totalMilliseconds: totalMilliseconds = newValue
            case .firstTokenMilliseconds: firstTokenMilliseconds = newValue
            case .firstTokens: firstTokens = newValue
            }
        }
    }
}
