import Dialects
import Policy
import Prices

@testable import Gateway
@testable import Limits

extension LimitFixtures {
    /// - Parameter reservation: its number; nil: the request has no limits.
    static func meter(reservation: UInt64? = nil) throws -> Meter {
        let tenant = TenantLimits(try snapshot(), tenant: "acme", stored: nil)
        let caller = CallerLimits(subject(), tenant, calendar: CalendarPeriodCache(), now: now)
        let meter = Meter(
            caller: caller, subject: subject(), facts: PromptFacts(endpoint: .chatCompletions),
            demand: TokenDemand(prompt: 10, output: 100))
        if let reservation {
            meter.reservation = Reservation(
                id: ReservationID(high: 0, low: reservation), tenant: tenant.tenant, claims: [], holdings: [],
                states: [], tokens: 110, cost: 0)
        }
        return meter
    }

    static func attempt(_ usage: TokenUsage?, cost: Int? = nil, delivered: Bool = true) -> MeteredAttempt {
        MeteredAttempt(
            provider: "openai", kind: .openai, model: "gpt-4o", usage: usage,
            charge: cost.map { Charge(nanodollars: $0, version: "test") }, isDelivered: delivered)
    }
}
