import Dialects
import Limits
import Policy

/// `x-ratelimit-*` and `x-martlet-limit`: how close the caller is to its limits.
enum LimitHeaders {
    /// - Parameters:
    ///   - states: one per limit, this request counted in.
    ///   - now: milliseconds since 1970.
    static func block(_ states: [LimitState], now: Int) -> HeaderBlock {
        var headers = HeaderBlock(reserving: 256)
        if let state = tightest(states, of: .requests) {
            headers.add("x-ratelimit-limit-requests", state.max)
            headers.add("x-ratelimit-remaining-requests", max(0, state.remaining))
            headers.add("x-ratelimit-reset-requests", duration(milliseconds: state.resetsAt - now))
        }
        if let state = tightest(states, of: .tokens) {
            headers.add("x-ratelimit-limit-tokens", state.max)
            headers.add("x-ratelimit-remaining-tokens", max(0, state.remaining))
            headers.add("x-ratelimit-reset-tokens", duration(milliseconds: state.resetsAt - now))
        }
        if let state = tightest(states, of: nil) { headers.add("x-martlet-limit", name(of: state)) }
        return headers
    }

    /// `tenant/tokens/minute`; concurrency has no period.
    static func name(of state: LimitState) -> String {
        let counter = state.counter
        let base = "\(counter.scope.rawValue)/\(counter.resource.rawValue)"
        return counter.period.map { "\(base)/\($0.rawValue)" } ?? base
    }

    /// The enforced limit with the smallest share left; of equals, the one that comes first.
    static func tightest(_ states: [LimitState], of resource: LimitRule.Resource?) -> LimitState? {
        var best: LimitState?
        for state in states where !state.shadow && (resource == nil || state.counter.resource == resource) {
            guard let current = best else {
                best = state
                continue
            }
            // left / max compared without division; maxima are at most 2^53, so the products need 128 bits.
            let left = state.remaining.multipliedFullWidth(by: max(1, current.max))
            let right = current.remaining.multipliedFullWidth(by: max(1, state.max))
            if (left.high, left.low) < (right.high, right.low) { best = state }
        }
        return best
    }

    /// As OpenAI writes durations: `12ms`, `1.5s`, `6m0s`, `25h0m3s`.
    static func duration(milliseconds: Int) -> String {
        let milliseconds = max(0, milliseconds)
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60_000)
        let fraction = rest % 1000
        let seconds =
            fraction == 0 ? "\(rest / 1000)s" : "\(rest / 1000).\(String(1000 + fraction).dropFirst().trimmingZeros)s"
        if minutes == 0 { return seconds }
        return minutes < 60 ? "\(minutes)m\(seconds)" : "\(minutes / 60)h\(minutes % 60)m\(seconds)"
    }
}

extension Substring {
    fileprivate var trimmingZeros: Substring {
        var text = self
        while text.last == "0" { text.removeLast() }
        return text
    }
}
