/// Bounds and periods of authentication.
package struct AuthenticatorOptions: Sendable {
    /// Credentials kept as good; about 0.5 KB each.
    package var capacity = 65_536
    /// How long known keys work while the database is silent. Unknown keys get
    /// ``AuthenticationFailure/Reason/unavailable`` during that time, known ones after it.
    package var outageGraceSeconds = 600
    /// From a change in the database to its effect here, at most (and the time of one query).
    package var pollMilliseconds = 250
    /// How often the last use of keys is written.
    package var useFlushSeconds = 30
    /// How long a refusal is remembered.
    package var failureLifetimeMilliseconds = 2000
    /// Refusals remembered; more empty the memory.
    package var failureCapacity = 8192
    /// Different uncached credentials looked up at the same time; more are answered with
    /// ``AuthenticationFailure/Reason/overloaded``.
    package var maximumLookUps = 512
    /// Everything about tokens rather than keys.
    package var tokens = TokenOptions()

    package init() {}
}

/// Bounds and periods of token verification.
package struct TokenOptions: Sendable {
    /// How far clocks of issuers may be off, for `exp` and `nbf`.
    package var leewaySeconds = 30
    /// Longer tokens are refused unread.
    package var maximumBytes = 16_384
    /// How often a key set is fetched without cause.
    package var refreshSeconds = 300
    /// At least this long from one fetch to the next when tokens with unknown keys ask for it.
    package var minimumRefreshSeconds = 30
    /// The same after a failed fetch.
    package var retrySeconds = 5

    package init() {}
}
