package import Policy

/// A shadow limit, as the metrics know it.
package struct ShadowLimit: Sendable, Hashable {
    /// Name of the tenant; empty for limits of scope `global`, and for all tenants that came when so many limits were
    /// counted already as there is room for.
    package let tenant: String
    package let scope: LimitRule.Scope
    package let resource: LimitRule.Resource
    package let period: LimitRule.Period?

    init(_ counter: LimitCounter, isNamed: Bool = true) {
        tenant = isNamed ? counter.tenant.name : ""
        scope = counter.scope
        resource = counter.resource
        period = counter.period
    }
}
