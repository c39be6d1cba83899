import Limits
import Policy

/// The limits that concern one caller who asks one model, made ready for the store.
final class CallerLimits: Sendable {
    let tenant: TenantLimits
    let claims: [LimitClaim]
    /// Until when the claims' calendar periods hold, milliseconds since 1970.
    let validUntil: Int

    /// Of a tenant without limits.
    init(unlimited tenant: TenantLimits) {
        self.tenant = tenant
        claims = []
        validUntil = .max
    }

    /// The same without the limits of some scopes.
    init(_ other: CallerLimits, without scopes: Set<LimitRule.Scope>) {
        tenant = other.tenant
        claims = other.claims.filter { !scopes.contains($0.counter.scope) }
        validUntil = other.validUntil
    }

    init(_ subject: LimitSubject, _ tenant: TenantLimits, calendar: CalendarPeriodCache, now: Int) {
        var claims: [LimitClaim] = []
        var validUntil = Int.max
        for rule in tenant.rules {
            guard let name = subject.name(in: rule.scope) else { continue }
            // A shadow beside an enforced limit of the same kind counts by itself.
            let counter = LimitCounter(
                scope: rule.scope, resource: rule.resource, period: rule.period, tenant: tenant.tenant,
                subject: name,
                isShadow: rule.shadow)
            let periods = rule.period.flatMap { calendar.periods($0, zone: tenant.zone, at: now) }
            if let periods { validUntil = min(validUntil, periods.end) }
            claims.append(LimitClaim(counter: counter, max: rule.max, shadow: rule.shadow, calendar: periods))
        }
        self.tenant = tenant
        self.claims = claims
        self.validUntil = validUntil
    }
}
