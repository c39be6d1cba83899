extension RedisLimitStore {
    /// Ranges of slots that are given up together on a cluster. A node serves a few ranges of slots in a row, so most of
    /// these lie on one node.
    private static let slotRanges = 64

    /// On a cluster the range of slots a tenant's keys lie in, apart for claims that need the global counters, too; else
    /// there is but one part.
    package func failureDomain(of tenant: LimitTenant, _ claims: [LimitClaim]) -> Int {
        guard runner.isCluster else { return 0 }
        let hasGlobal = claims.contains(where: \.isGlobal)
        let isGlobalOnly = hasGlobal && claims.allSatisfy(\.isGlobal)
        let slot = isGlobalOnly ? LimitTenant.global.slot : tenant.slot
        return slot * Self.slotRanges / ClusterSlot.count + (hasGlobal ? Self.slotRanges : 0)
    }
}
