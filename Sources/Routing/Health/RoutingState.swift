import Synchronization

/// What is known of all providers and targets; one for the process, kept over reloads of the policy. Ask it when routes
/// are made, not for each request.
package final class RoutingState: Sendable {
    private struct Maps: Sendable {
        var rings: RecentlyUsed<String, KeyRing>
        var budgets: RecentlyUsed<String, RetryBudget>
        var healths: RecentlyUsed<HealthKey, TargetHealth>
        var latencies: RecentlyUsed<HealthKey, PeakLatency>
    }

    private let rules: HealthRules
    private let clock: @Sendable () -> Int
    private let random: @Sendable () -> UInt64
    private let maps: Mutex<Maps>

    /// - Parameters:
    ///   - maxTargets: how many targets are remembered; clients can make up names where a policy has wildcards. Beyond,
    ///     those go that were not used for longest, healthy ones first.
    ///   - clock: milliseconds that never go back.
    package init(
        rules: HealthRules = HealthRules(), maxTargets: Int = 4096, clock: @escaping @Sendable () -> Int,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0 ... .max) }
    ) {
        self.rules = rules
        self.clock = clock
        self.random = random
        maps = Mutex(
            Maps(
                rings: RecentlyUsed(capacity: 1024), budgets: RecentlyUsed(capacity: 1024),
                healths: RecentlyUsed(capacity: maxTargets), latencies: RecentlyUsed(capacity: maxTargets)))
    }

    /// The same object for the same target.
    ///
    /// - Parameters:
    ///   - mark: an opaque hash of where the provider is (its base URL).
    ///   - keyMarks: an opaque hash of each API key; empty for a provider without keys.
    package func access(provider: String, model: String, mark: Int, keyMarks: [Int]) -> TargetAccess {
        maps.withLock { maps in
            let ring = ring(provider, keyMarks, &maps)
            let marks = ring.slots.map(\.mark)
            // With one key there is one breaker, which starts afresh with the key.
            let key = HealthKey(
                provider: provider, keyIndex: nil, model: model,
                mark: marks.count == 1 ? Self.mix(mark, marks[0]) : mark)
            let health = health(key, &maps)
            let keyHealths =
                marks.count == 1
                ? []
                : marks.enumerated().map { index, keyMark in
                    self.health(
                        HealthKey(provider: provider, keyIndex: index, model: model, mark: Self.mix(mark, keyMark)),
                        &maps)
                }
            return TargetAccess(
                ring: ring, health: health, keyHealths: keyHealths, latency: latency(key, &maps))
        }
    }

    /// One for each provider, so that the retries of one do not use up those of another.
    package func budget(provider: String) -> RetryBudget {
        maps.withLock { maps in
            if let known = maps.budgets[provider] { return known }
            let fresh = RetryBudget(clock: clock)
            maps.budgets.insert(fresh, for: provider) { _ in false }
            return fresh
        }
    }

    /// All targets, the troubled ones first, then by name.
    package var reports: [HealthReport] {
        maps.withLock { $0.healths.values }.map(\.report).sorted {
            ($0.state == .healthy ? 1 : 0, $0.key.provider, $0.key.model, $0.key.keyIndex ?? -1)
                < ($1.state == .healthy ? 1 : 0, $1.key.provider, $1.key.model, $1.key.keyIndex ?? -1)
        }
    }

    private func ring(_ provider: String, _ keyMarks: [Int], _ maps: inout Maps) -> KeyRing {
        let known = maps.rings[provider]
        let marks = keyMarks.isEmpty ? [0] : keyMarks
        if let known, known.slots.map(\.mark) == marks { return known }
        let fresh = KeyRing(provider: provider, marks: marks, rules: rules, keeping: known, clock: clock)
        maps.rings.insert(fresh, for: provider) { _ in false }
        return fresh
    }

    private func health(_ key: HealthKey, _ maps: inout Maps) -> TargetHealth {
        if let known = maps.healths[key] { return known }
        let fresh = TargetHealth(key, rules: rules, clock: clock, random: random)
        maps.healths.insert(fresh, for: key, isPrecious: \.isResting)
        return fresh
    }

    private func latency(_ key: HealthKey, _ maps: inout Maps) -> PeakLatency {
        if let known = maps.latencies[key] { return known }
        let fresh = PeakLatency()
        maps.latencies.insert(fresh, for: key) { _ in false }
        return fresh
    }

    private static func mix(_ left: Int, _ right: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(left)
        hasher.combine(right)
        return hasher.finalize()
    }
}
