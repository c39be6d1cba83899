/// What a circuit breaker guards: one model of one provider, asked with one API key or with any.
package struct HealthKey: Sendable, Hashable {
    package var provider: String
    /// Position of the key in the provider's list; nil: whatever the key.
    package var keyIndex: Int?
    package var model: String
    /// An opaque hash of what else makes it this place (base URL, key): when it changes, health starts afresh, so that
    /// a mended key is used at once. Never the key itself.
    package var mark: Int

    package init(provider: String, keyIndex: Int?, model: String, mark: Int) {
        self.provider = provider
        self.keyIndex = keyIndex
        self.model = model
        self.mark = mark
    }
}
