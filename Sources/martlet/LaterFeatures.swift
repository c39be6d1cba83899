import Policy

/// What policies may say already and this version does not do yet. Said at the start and at every reload: a setting
/// that silently does nothing is worse than none.
enum LaterFeatures {
    static func warnings(_ snapshot: PolicySnapshot) -> [String] {
        let models = snapshot.models.values
        let plans = snapshot.plans.values
        let uses: [(String, Bool)] = [
            ("caching", plans.contains { $0.cache?.enabled == true } || models.contains { $0.cache?.enabled == true }),
            ("ip_allow", plans.contains { !$0.ipAllow.isEmpty }),
            ("keys stored in the console", snapshot.providers.values.contains { $0.usesStoredKeys }),
        ]
        return uses.filter(\.1).map { "the policies use \($0.0), which this version checks but does not apply" }
    }
}

extension ProviderPolicy {
    fileprivate var usesStoredKeys: Bool {
        apiKeys.contains { if case .stored = $0 { true } else { false } }
    }
}
