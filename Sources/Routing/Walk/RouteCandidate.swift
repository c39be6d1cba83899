/// One target as the walk of a request sees it. Built with the route, not per request.
package struct RouteCandidate: Sendable, Hashable {
    /// What the caller knows the target by; the walk hands it back unread.
    package var target: Int
    /// For the list of attempts that a client is shown.
    package var provider: String
    /// The name upstream.
    package var model: String
    /// Tokens; nil: unknown.
    package var contextWindow: Int?
    /// Whether the model is known to continue an assistant's message.
    package var continuesPrefill: Bool
    /// Milliseconds until the first token (streams) or the first byte of the answer (whole answers), while another
    /// target is left.
    package var firstTokenLimit: Int
    /// Whether the same request may be sent again after it may have been acted upon. False for workflows (n8n), which
    /// can have side effects.
    package var isRepeatable: Bool
    /// A hint, looked at before the first attempt: the target rests, so nobody should be hurried because of it.
    package var isResting: Bool

    package init(
        target: Int, provider: String, model: String, contextWindow: Int? = nil, continuesPrefill: Bool = false,
        firstTokenLimit: Int, isRepeatable: Bool = true, isResting: Bool = false
    ) {
        self.target = target
        self.provider = provider
        self.model = model
        self.contextWindow = contextWindow
        self.continuesPrefill = continuesPrefill
        self.firstTokenLimit = firstTokenLimit
        self.isRepeatable = isRepeatable
        self.isResting = isResting
    }

    /// Whether a prompt that is too long for `other` has a chance here. Where a window is unknown, another model gets
    /// the benefit of the doubt; the same model never does.
    func mayHoldMore(than other: RouteCandidate) -> Bool {
        guard let own = contextWindow, let its = other.contextWindow else { return model != other.model }
        return own > its
    }
}
