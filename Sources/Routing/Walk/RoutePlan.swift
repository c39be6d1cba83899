package import Policy

/// What the walk of one request may do. Immutable.
package struct RoutePlan: Sendable, Hashable {
    /// In the order in which they are asked.
    package var candidates: [RouteCandidate]
    package var isStream: Bool
    /// Tools or structured output are in play: a broken answer of that kind is never continued.
    package var hasStructure: Bool
    /// Milliseconds over all attempts.
    package var total: Int
    package var fallbackOn = ModelPolicy.FallbackReason.defaults
    /// At least 1.
    package var attemptsPerTarget = 2
    /// At least 1.
    package var maxAttempts = 4
    package var resume = false
    /// Milliseconds without a first token after which the next target is asked as well. Streams only: a whole answer
    /// has no first token, and its length says nothing about its provider.
    package var hedgeAfter: Int?
    package var rules = RouteRules()

    package init(candidates: [RouteCandidate], isStream: Bool, hasStructure: Bool = false, total: Int) {
        self.candidates = candidates
        self.isStream = isStream
        self.hasStructure = hasStructure
        self.total = total
    }

    /// With the model's own rules.
    package init(
        _ model: ModelPolicy, candidates: [RouteCandidate], isStream: Bool, hasStructure: Bool, total: Int
    ) {
        self.init(candidates: candidates, isStream: isStream, hasStructure: hasStructure, total: total)
        fallbackOn = model.fallbackOn
        attemptsPerTarget = model.attemptsPerTarget
        maxAttempts = model.maxAttempts
        resume = model.resume
        hedgeAfter = model.hedgeAfter
    }

    /// Whether a broken stream may be continued elsewhere, so that what is delivered has to be remembered.
    package var mayResume: Bool { resume && isStream && !hasStructure }
}
