package import Storage

/// One settled request: a row of the ledger, with its attempts and, where it is kept, what was said.
///
/// Members are set one by one after ``init(id:time:tenant:endpoint:clientModel:)``; what is not set is "nothing used".
/// In the database an empty optional text is an absent one.
package struct UsageRecord: Sendable, Hashable {
    /// Decides whether a row is known already: a record that is applied twice counts once.
    package var id: UUIDv7
    /// When the request arrived.
    package var time: Timestamp

    package var tenant: String
    /// Who asked, as the key or the token says.
    package var user: String?
    /// The key's public id; nil for tokens.
    package var key: String?
    /// The request's own `user` member.
    package var endUser: String?
    /// `x-martlet-session`, or the chat session.
    package var session: String?
    /// The part of the product that asked (chat, a channel); nil for a client of the API.
    package var module: String?
    /// The data-plane route, without the leading `/v1/`: `chat/completions`.
    package var endpoint: String
    /// As the client named it.
    package var clientModel: String
    /// Who answered, or who failed last; nil when no provider was asked.
    package var provider: String?
    /// As the provider knows it.
    package var upstreamModel: String?
    /// How many attempts were made; ``attempts`` may be left out where rows are listed.
    package var attemptCount = 0

    /// All tokens of the request, those read from or written to a provider's cache among them.
    package var promptTokens = 0
    package var cachedTokens = 0
    package var cacheWriteTokens = 0
    /// All tokens of the answer, those of thinking among them.
    package var completionTokens = 0
    package var reasoningTokens = 0
    /// nil when the price is unknown.
    package var costNanodollars: Int?
    /// Of the price table, or `provider` where the provider stated the cost.
    package var priceVersion: String?
    /// What the answer would have cost without the cache.
    package var savedNanodollars = 0
    /// Whether tokens were counted by the gateway instead of stated by the provider.
    package var isEstimated = false
    package var cache = CacheState.bypass

    /// The HTTP status that the client got, or would have got.
    package var status = 200
    /// The class of what went wrong, from a closed set; nil for a success.
    package var error: String?
    /// From arrival to the first token handed to the client; nil when there was none.
    package var firstTokenMilliseconds: Int?
    /// From arrival to the end.
    package var totalMilliseconds = 0
    package var isStream = false

    package var attempts: [AttemptRecord] = []
    package var log: PromptLog?

    package init(id: UUIDv7, time: Timestamp, tenant: String, endpoint: String, clientModel: String) {
        self.id = id
        self.time = time
        self.tenant = tenant
        self.endpoint = endpoint
        self.clientModel = clientModel
    }
}
