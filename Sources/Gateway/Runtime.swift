package import Dialects
package import Policy
import Upstream

/// A policy snapshot made ready for requests: everything that would otherwise be computed per request (header
/// lists, capabilities, deadlines) is computed here, once per snapshot. Immutable.
package final class Runtime: Sendable {
    package let snapshot: PolicySnapshot
    private let providers: [String: ProviderRuntime]
    private let capabilities: CapabilityTable

    /// - Parameters:
    ///   - demoBaseURL: where the built-in demo provider listens, for providers of kind `demo`.
    ///   - storedSecret: the value of a secret that was set in the console, by name.
    package init(
        _ snapshot: PolicySnapshot, demoBaseURL: String?, storedSecret: (String) -> String? = { _ in nil },
        capabilities: CapabilityTable = .shared
    ) {
        self.snapshot = snapshot
        self.capabilities = capabilities
        providers = snapshot.providers.mapValues {
            ProviderRuntime($0, demoBaseURL: demoBaseURL, storedSecret: storedSecret)
        }
    }

    /// The targets behind a model name, in order; nil when no model of the policy has that name.
    func route(for model: String) -> Route? {
        guard let resolved = snapshot.route(for: model) else { return nil }
        var targets: [RoutedTarget] = []
        targets.reserveCapacity(resolved.targets.count)
        for target in resolved.targets {
            guard let provider = providers[target.provider] else { continue }
            let abilities = capabilities.capabilities(kind: provider.policy.kind, model: target.model)
            targets.append(
                RoutedTarget(
                    target: Target(
                        provider: target.provider, kind: provider.policy.kind, baseURL: provider.baseURL,
                        model: target.model, capabilities: abilities, chatURL: target.chatURL,
                        completionsURL: target.completionsURL),
                    provider: provider))
        }
        return targets.isEmpty ? nil : Route(name: model, targets: targets)
    }
}

/// One provider of a snapshot, ready for requests.
final class ProviderRuntime: Sendable {
    let policy: ProviderPolicy
    let dialect: any Dialect
    let baseURL: String
    /// One list per API key; the first is used until keys rest on their own.
    let headers: [UpstreamHeaders]

    init(_ policy: ProviderPolicy, demoBaseURL: String?, storedSecret: (String) -> String?) {
        self.policy = policy
        let dialect = policy.kind.dialect
        self.dialect = dialect
        baseURL = (policy.kind == .demo ? demoBaseURL : nil) ?? policy.baseURL
        let keys: [String?] = policy.apiKeys.isEmpty ? [nil] : policy.apiKeys.map { $0.value(stored: storedSecret) }
        headers = keys.map { key in
            var fields = dialect.headers(apiKey: key)
            for (name, value) in policy.headers {
                fields.removeAll { $0.name.lowercased() == name.lowercased() }
                fields.append((name, value))
            }
            return UpstreamHeaders(fields)
        }
    }
}

/// A model's ordered targets.
struct Route: Sendable {
    /// The name the client used.
    var name: String
    /// Never empty.
    var targets: [RoutedTarget]
}

struct RoutedTarget: Sendable {
    var target: Target
    var provider: ProviderRuntime
}
