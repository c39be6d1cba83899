/// A model as clients know it: ordered targets and what happens when one fails.
package struct ModelPolicy: Sendable, Hashable {
    /// Why a failed attempt goes on to the next target.
    package enum FallbackReason: String, Sendable, Hashable, CaseIterable {
        case rateLimit = "rate_limit"
        case overloaded
        case serverError = "server_error"
        case timeout
        case connection
        case contextLength = "context_length"
        case auth
        case billing
        case contentFilter = "content_filter"

        /// All but the content filter: a refusal is an answer unless the model says otherwise.
        package static let defaults: Set<FallbackReason> = Set(allCases).subtracting([.contentFilter])
    }

    /// Which of several targets of equal rank is asked first.
    package enum Choice: String, Sendable, Hashable, CaseIterable {
        /// Drawn by weight.
        case weighted
        /// Of two drawn by weight, the one that answers faster at the moment.
        case leastLatency = "least_latency"
    }

    /// The name, or a pattern with `*`.
    package var name: String
    /// Never empty.
    package var targets: [ModelTarget]
    package var choice = Choice.weighted
    package var fallbackOn = FallbackReason.defaults
    package var attemptsPerTarget = 2
    package var maxAttempts = 4
    /// Milliseconds without a first token after which the next target is asked as well; nil: never.
    package var hedgeAfter: Int?
    package var resume = false
    package var cache: CachePolicy?
    package var price: PricePolicy?

    package init(name: String, targets: [ModelTarget]) {
        self.name = name
        self.targets = targets
    }
}

/// One place a model's requests can go.
package struct ModelTarget: Sendable, Hashable {
    package var provider: String
    /// The name upstream; nil: the client's, less ``strippedPrefix``.
    package var model: String?
    /// Share among targets of equal rank: consecutive ones that all state a weight. nil: a rank of its own.
    package var weight: Int?
    package var chatURL: String?
    package var completionsURL: String?
    /// Taken off the client's name to get the upstream one (`groq/` of `groq/llama-3.3`).
    package var strippedPrefix: String?

    package init(
        provider: String, model: String? = nil, weight: Int? = nil, chatURL: String? = nil,
        completionsURL: String? = nil,
        strippedPrefix: String? = nil
    ) {
        self.provider = provider
        self.model = model
        self.weight = weight
        self.chatURL = chatURL
        self.completionsURL = completionsURL
        self.strippedPrefix = strippedPrefix
    }

    /// The upstream name for a client's.
    package func upstreamModel(for clientModel: String) -> String {
        if let model { return model }
        if let strippedPrefix, clientModel.hasPrefix(strippedPrefix) {
            return String(clientModel.dropFirst(strippedPrefix.count))
        }
        return clientModel
    }
}

/// What may be answered from the cache, and for how long.
package struct CachePolicy: Sendable, Hashable {
    package enum Billing: String, Sendable, Hashable, CaseIterable {
        case free, full
    }

    package var enabled: Bool?
    /// Milliseconds.
    package var ttl: Int?
    package var billing: Billing?

    package init() {}
}

/// Prices in nano-dollars per million tokens; nil members come from the price table.
package struct PricePolicy: Sendable, Hashable {
    package var inputPerMillionTokens: Int?
    package var outputPerMillionTokens: Int?
    package var cachedInputPerMillionTokens: Int?
    package var cacheWritePerMillionTokens: Int?

    package init() {}
}
