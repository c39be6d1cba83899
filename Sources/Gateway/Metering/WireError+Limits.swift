import Dialects
import Limits
import Policy
import Storage

extension WireError {
    /// 429 that says which limit refused, what it holds and when there is room again.
    ///
    /// - Parameter now: milliseconds since 1970.
    init(_ refusal: Refusal, now: Int) {
        let state = refusal.limit
        let counter = state.counter
        let isBudget = counter.resource == .cost
        let type =
            switch counter.resource {
            case .tokens: "tokens"
            case .cost: "insufficient_quota"
            case .requests, .concurrency: "requests"
            }
        // Where only what is held for running requests stands in the way, room may be there as soon as one ends.
        let isHeldOnly = counter.resource != .concurrency && state.used + refusal.requested <= state.max
        let retryAfter = isHeldOnly ? min(refusal.retryAfterMilliseconds, 2000) : refusal.retryAfterMilliseconds
        let wait = LimitHeaders.duration(milliseconds: retryAfter)
        let period = counter.period.map { " per \($0.rawValue)" } ?? ""
        let numbers = [state.max, state.used, state.reserved, refusal.requested].map {
            isBudget ? "$" + Self.dollars($0) : String($0)
        }
        let reset = Timestamp(milliseconds: state.resetsAt)
        self.init(
            status: 429, type: type, code: isBudget ? "insufficient_quota" : "rate_limit_exceeded",
            message: "Limit reached for \(Self.subject(counter)) on \(counter.resource.rawValue)\(period): "
                + "limit \(numbers[0]), used \(numbers[1]), reserved \(numbers[2]), requested \(numbers[3]), "
                + "resets at \(reset). Please try again in \(wait).",
            retryAfterMilliseconds: retryAfter)
        // A client library that retries for hours holds its caller; it is told not to.
        if retryAfter > Self.longestRetryAfterMilliseconds { self.shouldRetry = false }
    }

    /// Trouble with the limit store is ours: 503, never 401 or 429.
    init(_ failure: LimitStoreFailure) {
        let wait: Int
        if case .unavailable(_, let milliseconds) = failure { wait = milliseconds } else { wait = 1000 }
        self.init(
            status: 503, type: "service_unavailable_error", code: "limits_unavailable",
            message: "The limits of this key cannot be checked right now, and its plan does not admit requests "
                + "unchecked. Please try again.",
            retryAfterMilliseconds: max(1, wait))
    }

    private static func subject(_ counter: LimitCounter) -> String {
        switch counter.scope {
        case .global: "the gateway (scope global)"
        case .tenant: "the tenant (scope tenant)"
        case .user: "the user (scope user)"
        case .key: "the key (scope key)"
        case .keyModel: "the key and model (scope key_model)"
        case .tenantModel: "the tenant and model (scope tenant_model)"
        case .endUser: "the end user (scope end_user)"
        }
    }

    /// Nano-dollars as dollars, with as many decimals as they need and at least two.
    static func dollars(_ nanodollars: Int) -> String {
        let (whole, fraction) = nanodollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var decimals = String(1_000_000_000 + fraction).dropFirst()
        while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
        return "\(nanodollars < 0 ? "-" : "")\(whole).\(decimals)"
    }
}
