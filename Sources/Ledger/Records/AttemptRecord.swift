/// One call to a provider that a request made.
package struct AttemptRecord: Sendable, Hashable {
    /// Counts from 1 within the request; of two with one number the first is kept.
    package var number: Int
    package var provider: String
    /// As the provider knows it.
    package var model: String
    /// `ok`, or the class of what went wrong: the word that routing and metrics use.
    package var outcome: String
    /// The provider's HTTP status; nil when it never answered.
    package var status: Int?
    /// From the start of the attempt to its end.
    package var latencyMilliseconds: Int
    package var promptTokens: Int
    package var completionTokens: Int
    /// nil when unknown. What a failed attempt cost is the gateway's own loss, not the tenant's.
    package var costNanodollars: Int?

    package init(
        number: Int, provider: String, model: String, outcome: String, status: Int? = nil, latencyMilliseconds: Int,
        promptTokens: Int = 0, completionTokens: Int = 0, costNanodollars: Int? = nil
    ) {
        self.number = number
        self.provider = provider
        self.model = model
        self.outcome = outcome
        self.status = status
        self.latencyMilliseconds = latencyMilliseconds
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.costNanodollars = costNanodollars
    }
}
