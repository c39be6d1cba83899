import Policy
import Routing

/// A walk with a clock of its own and no jitter unless told.
struct Walker {
    var walk: RouteWalk
    var now = 5_000
    var random: UInt64 = 0
    var mayRetry = true

    init(_ plan: RoutePlan) {
        walk = RouteWalk(plan)
    }

    /// Targets 10, 11, 12 … of providers a, b, c …
    static func plan(_ count: Int = 2, stream: Bool = true, _ change: (inout RoutePlan) -> Void = { _ in }) -> RoutePlan
    {
        let candidates = (0..<count).map { index in
            RouteCandidate(
                target: 10 + index, provider: ["a", "b", "c", "d"][index], model: "m\(index)", firstTokenLimit: 10_000)
        }
        var plan = RoutePlan(candidates: candidates, isStream: stream, total: 600_000)
        change(&plan)
        return plan
    }

    mutating func send(_ event: RouteEvent, after elapsed: Int = 0) -> RouteStep {
        now += elapsed
        return walk.handle(event, at: now, random: random) { _ in mayRetry }
    }
}

extension RouteStep {
    /// The order of an attempt of any kind.
    var order: AttemptOrder? {
        switch self {
        case .attempt(let order), .hedge(let order), .resume(let order, _): order
        default: nil
        }
    }
    var target: Int? { order?.target }
    var failure: RouteFailure? {
        if case .fail(let failure) = self { failure } else { nil }
    }
    var method: ResumeMethod? {
        if case .resume(_, let method) = self { method } else { nil }
    }
    var isAttempt: Bool { if case .attempt = self { true } else { false } }
}
