/// A failed attempt at a provider, classified.
///
/// One word wide, like ``WireError`` and for the same reason.
@dynamicMemberLookup
package struct ProviderFailure: Error, Sendable, Hashable {
    /// What a failure says.
    package struct Members: Sendable, Hashable {
        /// Decides about retry and fallback.
        package var failureClass: FailureClass
        /// The provider's HTTP status; 200 for an error inside a stream or body; 0 when there was no answer.
        package var upstreamStatus: Int
        /// The provider's message with secrets masked, fit for the client.
        package var message: String
        /// The provider's error code or type, where it gave one.
        package var code: String?
        /// The request member the provider complains about.
        package var param: String?
        /// How long the provider asks to wait.
        package var retryAfterMilliseconds: Int?
    }

    private indirect enum Box: Sendable, Hashable { case members(Members) }
    private var box: Box

    package init(
        _ failureClass: FailureClass, upstreamStatus: Int, message: String, code: String? = nil,
        param: String? = nil, retryAfterMilliseconds: Int? = nil
    ) {
        box = .members(
            Members(
                failureClass: failureClass, upstreamStatus: upstreamStatus, message: message, code: code, param: param,
                retryAfterMilliseconds: retryAfterMilliseconds))
    }

    private var members: Members {
        get {
            switch box {
            case .members(let members): members
            }
        }
        set { box = .members(newValue) }
    }

    /// The members, as if they were the failure's own.
    package subscript<Value>(dynamicMember path: WritableKeyPath<Members, Value>) -> Value {
        get { members[keyPath: path] }
        set { members[keyPath: path] = newValue }
    }
}
