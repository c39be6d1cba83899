import Dialects
import Limits
import Policy
import Prices

/// What one request may use and what it has used: from its reservation to its settlement.
///
/// `@unchecked Sendable`: confined to the event loop of its request, as the task is that holds it.
final class Meter: @unchecked Sendable {
    let caller: CallerLimits
    let subject: LimitSubject
    /// nil where no limit counts what they say, so that nobody has to look for them.
    let facts: PromptFacts?
    let demand: TokenDemand
    /// nil when no limit concerns the request.
    var reservation: Reservation?
    /// What each attempt used, in order. The last one is the answer's.
    private(set) var attempts: [MeteredAttempt] = []
    private(set) var isSettled = false

    init(caller: CallerLimits, subject: LimitSubject, facts: PromptFacts?, demand: TokenDemand) {
        self.caller = caller
        self.subject = subject
        self.facts = facts
        self.demand = demand
    }

    /// Whether others wait for this request to end.
    var holdsSlot: Bool {
        reservation != nil && caller.claims.contains { $0.counter.resource == .concurrency }
    }

    func add(_ attempt: MeteredAttempt) { attempts.append(attempt) }

    /// True the first time: whoever gets it settles.
    func claimSettlement() -> Bool {
        defer { isSettled = true }
        return !isSettled
    }

    /// The attempt that the client got something of, and that its tenant pays for.
    var answer: MeteredAttempt? { attempts.last(where: \.isDelivered) }

    /// What the limits are told. A request that never reached a provider used nothing; a failed attempt that cost
    /// tokens is the gateway's own loss: only the answer is on the tenant's bill.
    var actuals: LimitActuals {
        if attempts.isEmpty { return .nothing }
        guard let answer, let usage = answer.usage else {
            return LimitActuals(requests: 1, tokens: 0, cost: 0)
        }
        return LimitActuals(
            requests: 1, tokens: max(0, usage.prompt) + max(0, usage.completion), cost: answer.charge?.nanodollars ?? 0)
    }
}

/// One attempt as accounting sees it.
struct MeteredAttempt: Sendable {
    /// Counts from 1, like the walk's.
    var number = 1
    let provider: String
    let kind: ProviderKind
    let model: String
    /// nil when nothing is known of it, as with a connection that was refused.
    let usage: TokenUsage?
    /// nil when the cost is unknown.
    let charge: Charge?
    /// Whether the client got something of it.
    let isDelivered: Bool
}
