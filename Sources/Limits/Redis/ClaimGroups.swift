/// Whose counters a request claims: the tenant's, the global ones, or both.
struct ClaimGroups {
    let tenant: LimitTenant
    let hasGlobal: Bool
    let hasOwn: Bool

    /// - Throws: `invalid` when a claim belongs to another tenant.
    init(_ claims: [LimitClaim], of tenant: LimitTenant) throws(LimitStoreFailure) {
        var hasGlobal = false
        var hasOwn = false
        for claim in claims {
            if claim.isGlobal {
                hasGlobal = true
            } else if claim.counter.tenant == tenant {
                hasOwn = true
            } else {
                throw .invalid("a claim belongs to another tenant")
            }
        }
        self.tenant = tenant
        self.hasGlobal = hasGlobal
        self.hasOwn = hasOwn
    }

    var count: Int { (hasGlobal ? 1 : 0) + (hasOwn ? 1 : 0) }

    /// The keys of a script: three of each group, then the counters.
    func keys(
        third: (LimitTenant) -> String, _ claims: [LimitClaim], last: [String] = []
    ) -> [String] {
        var keys: [String] = []
        keys.reserveCapacity(claims.count + 8)
        if hasGlobal { Self.append(.global, third, to: &keys) }
        if hasOwn { Self.append(tenant, third, to: &keys) }
        for claim in claims { keys.append(claim.counter.name) }
        keys += last
        return keys
    }

    private static func append(_ owner: LimitTenant, _ third: (LimitTenant) -> String, to keys: inout [String]) {
        keys.append(owner.reservationsKey)
        keys.append(owner.leasesKey)
        keys.append(third(owner))
    }
}
