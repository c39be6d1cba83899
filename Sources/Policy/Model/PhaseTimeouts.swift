/// How long each phase of a call to a provider may take, in milliseconds. nil: not set in the policy.
package struct PhaseTimeouts: Sendable, Hashable {
    /// To an established connection.
    package var connect: Int?
    /// Streams: from request sent to the first token.
    package var firstToken: Int?
    /// Whole answers: from request sent to the first byte of the answer.
    package var answer: Int?
    /// Between any two bytes after the first.
    package var idle: Int?
    /// Over all attempts of the request.
    package var total: Int?

    package init() {}

    /// With the defaults filled in. A model that thinks before it answers gets longer for its first token and its
    /// answer, unless the policy says otherwise.
    package func resolved(reasoning: Bool) -> ResolvedTimeouts {
        ResolvedTimeouts(
            connect: connect ?? 3_000, firstToken: firstToken ?? (reasoning ? 60_000 : 10_000),
            answer: answer ?? (reasoning ? 300_000 : 60_000), idle: idle ?? 15_000, total: total ?? 600_000)
    }
}

/// ``PhaseTimeouts`` with every value known, in milliseconds.
package struct ResolvedTimeouts: Sendable, Hashable {
    package var connect: Int
    package var firstToken: Int
    package var answer: Int
    package var idle: Int
    package var total: Int
}
