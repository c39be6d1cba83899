import Limits
import Policy
import Storage

/// What the policy says about the limits of one tenant, found once per snapshot and event loop.
final class TenantLimits: Sendable {
    let tenant: LimitTenant
    let plan: PlanPolicy
    let rules: [LimitRule]
    /// IANA name of the zone in which days, weeks and months turn over.
    let zone: String
    /// Whether a rule counts by the `user` member of requests, which has to be read out of the body for it.
    let countsEndUsers: Bool
    let countsTokens: Bool
    let countsCost: Bool

    init(_ snapshot: PolicySnapshot, tenant name: String, stored: StoredTenant?) {
        tenant = LimitTenant(name)
        plan = snapshot.plan(forTenant: name, storedPlan: stored?.plan)
        rules = snapshot.limits(forTenant: name, storedPlan: stored?.plan)
        zone = snapshot.tenants[name]?.timezone ?? stored?.timezone ?? "UTC"
        countsEndUsers = rules.contains { $0.scope == .endUser }
        countsTokens = rules.contains { $0.resource == .tokens }
        countsCost = rules.contains { $0.resource == .cost }
    }
}
