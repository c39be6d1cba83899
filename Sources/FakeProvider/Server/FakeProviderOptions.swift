/// How a ``FakeProviderServer`` behaves for all requests.
package struct FakeProviderOptions: Sendable {
    /// The spec that every request starts from; ``FakeBehaviour`` has the grammar.
    package var defaultSpec = ""
    /// Whether requests may carry specs, and whether `/__fake/…` answers. Off where strangers can reach the server.
    package var allowsSpecs = true
    package var credentials = CredentialRule.none
    /// How many requests are kept for assertions; 0 switches recording off, which benchmarks want.
    package var recordedRequests = 512
    /// How much of each body is kept.
    package var recordedBodyBytes = 1 << 20
    /// Larger request bodies are answered with 413.
    package var maxRequestBytes = 64 << 20
    /// Pause between the words that the model `demo` streams, unless a spec names a `gap`; other models do not wait.
    package var demoGap = Duration.milliseconds(20)
    /// Answers for the spec item `case=NAME`; see ``Recordings``.
    package var recordings: [String: ScriptedAnswer] = [:]
    /// Unix seconds, for `created` and reset times.
    package var now: @Sendable () -> Int = { WallClock.seconds }

    package init() {}

    /// For the gateway's built-in demo model: no specs, no control paths, nothing recorded.
    package static var demo: FakeProviderOptions {
        var options = FakeProviderOptions()
        options.allowsSpecs = false
        options.recordedRequests = 0
        return options
    }
}
