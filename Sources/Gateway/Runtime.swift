package import Dialects
package import Policy
import Prices
import Routing
import Upstream

/// A policy snapshot made ready for requests: everything that would otherwise be computed per request (header
/// lists, capabilities, deadlines) is computed here, once per snapshot. Immutable.
package final class Runtime: Sendable {
    package let snapshot: PolicySnapshot
    /// Models with a name of their own, in the order of their names.
    let listing: [ListedModel]
    private let providers: [String: ProviderRuntime]
    private let capabilities: CapabilityTable

    /// - Parameters:
    ///   - demoBaseURL: where the built-in demo provider listens, for providers of kind `demo`.
    ///   - loadedAt: seconds since 1970.
    ///   - storedSecret: the value of a secret that was set in the console, by name.
    package init(
        _ snapshot: PolicySnapshot, demoBaseURL: String?, loadedAt: Int,
        storedSecret: (String) -> String? = { _ in nil }, capabilities: CapabilityTable = .shared
    ) {
        self.snapshot = snapshot
        self.capabilities = capabilities
        providers = snapshot.providers.mapValues {
            ProviderRuntime($0, demoBaseURL: demoBaseURL, storedSecret: storedSecret)
        }
        listing = Self.listing(snapshot, capabilities, created: loadedAt)
    }

    /// The targets behind a model name, in order; nil when no model of the policy has that name.
    func route(for model: String, _ routing: RoutingState) -> Route? {
        guard let policy = snapshot.model(for: model) else { return nil }
        var targets: [RoutedTarget] = []
        targets.reserveCapacity(policy.targets.count)
        for target in policy.targets {
            guard let provider = providers[target.provider] else { continue }
            let name = target.upstreamModel(for: model)
            let known = capabilities.capabilities(kind: provider.policy.kind, model: name)
            targets.append(
                RoutedTarget(
                    Target(
                        provider: target.provider, kind: provider.policy.kind, baseURL: provider.baseURL, model: name,
                        capabilities: known, chatURL: target.chatURL, completionsURL: target.completionsURL),
                    provider: provider, routing: routing,
                    price: Price.effective(kind: provider.policy.kind, model: name, policy: policy.price)))
        }
        guard !targets.isEmpty else { return nil }
        return Route(targets: targets, policy: policy, choice: TargetChoice(policy))
    }

    /// What `GET /v1/models` can show: names of the policy, and the known models behind its patterns.
    private static func listing(
        _ snapshot: PolicySnapshot, _ capabilities: CapabilityTable, created: Int
    ) -> [ListedModel] {
        var owners: [String: String] = [:]
        for model in snapshot.models.values {
            guard let target = model.targets.first, let provider = snapshot.providers[target.provider] else { continue }
            let pattern = NamePattern(model.name)
            if !pattern.isWildcard {
                owners[model.name] = provider.name
                continue
            }
            for known in capabilities.models(kind: provider.kind) {
                let name = (target.strippedPrefix ?? "") + known
                if pattern.matches(name), owners[name] == nil { owners[name] = provider.name }
            }
        }
        return owners.map { ListedModel(id: $0.key, created: created, owner: $0.value) }.sorted { $0.id < $1.id }
    }
}

/// One provider of a snapshot, ready for requests.
final class ProviderRuntime: Sendable {
    let policy: ProviderPolicy
    let dialect: any Dialect
    let baseURL: String
    /// One list per API key.
    let headers: [UpstreamHeaders]
    /// What tells the keys apart in this process; says nothing about them.
    let keyMarks: [Int]

    init(_ policy: ProviderPolicy, demoBaseURL: String?, storedSecret: (String) -> String?) {
        self.policy = policy
        let baseURL = (policy.kind == .demo ? demoBaseURL : nil) ?? policy.baseURL
        let dialect = policy.kind.dialect(baseURL: baseURL)
        self.baseURL = baseURL
        self.dialect = dialect
        let keys: [String?] = policy.apiKeys.isEmpty ? [nil] : policy.apiKeys.map { $0.value(stored: storedSecret) }
        keyMarks = keys.map { $0.hashValue }
        headers = keys.map { key in
            var fields = dialect.headers(apiKey: key, baseURL: baseURL)
            for (name, value) in policy.headers {
                fields.removeAll { $0.name.lowercased() == name.lowercased() }
                fields.append((name, value))
            }
            // A key with a line break cannot be sent; the provider then answers that a key is missing.
            return (try? UpstreamHeaders(fields)) ?? .none
        }
    }
}

/// A model's ordered targets. A class like ``RoutedTarget``: handing one on costs one reference count, and the frames
/// of asynchronous functions hold a word instead of the whole.
final class Route: Sendable {
    /// Never empty.
    let targets: [RoutedTarget]
    let policy: ModelPolicy
    /// In which order a request asks them.
    let choice: TargetChoice
    /// Of requests for streams; in the order of ``targets``.
    let streamCandidates: [RouteCandidate]
    /// Of requests for whole answers.
    let wholeCandidates: [RouteCandidate]

    init(targets: [RoutedTarget], policy: ModelPolicy, choice: TargetChoice) {
        self.targets = targets
        self.policy = policy
        self.choice = choice
        streamCandidates = Self.candidates(targets, isStream: true)
        wholeCandidates = Self.candidates(targets, isStream: false)
    }
}

/// One target of a route, with everything about it that does not change from request to request.
final class RoutedTarget: Sendable {
    let target: Target
    let provider: ProviderRuntime
    /// The headers that every answer of this target carries.
    let answerHeaders: HeaderBlock

    /// nil when nobody has stated one.
    let price: Price?

    /// The way to this target: its keys and its health, shared by all event loops.
    let access: TargetAccess
    let budget: RetryBudget
    /// Limits of the phases, with the defaults that the model's kind has.
    let phases: ResolvedTimeouts

    init(_ target: Target, provider: ProviderRuntime, routing: RoutingState, price: Price?) {
        access = routing.access(
            provider: target.provider, model: target.model, mark: target.baseURL.hashValue, keyMarks: provider.keyMarks)
        budget = routing.budget(provider: target.provider)
        phases = provider.policy.timeouts.resolved(reasoning: target.capabilities.reasoning == true)
        self.target = target
        self.provider = provider
        self.price = price
        var headers: HeaderBlock = ["openai-version": "2020-10-01"]
        headers.add("x-martlet-provider", target.provider)
        headers.add("x-martlet-model", Pipeline.headerSafe(target.model))
        // OpenRouter states the cost of each answer itself.
        if price == nil, target.kind != .openrouter { headers.add("x-martlet-price", "unknown") }
        answerHeaders = headers
    }
}
