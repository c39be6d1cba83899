import Identity
import Limits
import Policy
import Storage

/// The compiled limits of the callers that one event loop met lately. Confined to that loop.
struct LimitBook {
    /// Subjects are the clients' to choose (models under a pattern, end users), hence the bound.
    private static let capacity = 8192

    private var tenants: [String: TenantLimits] = [:]
    private var callers: [LimitSubject: CallerLimits] = [:]
    private let calendar: CalendarPeriodCache

    init(calendar: CalendarPeriodCache) {
        self.calendar = calendar
    }

    /// After a change of the policy or of a tenant's plan.
    mutating func removeAll() {
        tenants.removeAll()
        callers.removeAll()
    }

    mutating func tenant(_ name: String, _ snapshot: PolicySnapshot, stored: StoredTenant?) -> TenantLimits {
        if let known = tenants[name] { return known }
        if tenants.count >= Self.capacity { removeAll() }
        let limits = TenantLimits(snapshot, tenant: name, stored: stored)
        tenants[name] = limits
        return limits
    }

    /// - Parameter now: milliseconds since 1970.
    mutating func caller(_ subject: LimitSubject, _ tenant: TenantLimits, now: Int) -> CallerLimits {
        if tenant.rules.isEmpty { return CallerLimits(unlimited: tenant) }
        if let known = callers[subject], known.tenant === tenant, now < known.validUntil { return known }
        if callers.count >= Self.capacity { callers.removeAll(keepingCapacity: true) }
        let limits = CallerLimits(subject, tenant, calendar: calendar, now: now)
        callers[subject] = limits
        return limits
    }
}
