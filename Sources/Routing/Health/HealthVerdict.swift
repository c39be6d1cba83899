import Dialects

/// What a failure says about the health of a target.
enum HealthVerdict: Equatable {
    /// The provider works; the request, its limits or the model's output were at fault.
    case alive
    /// It has too much to do.
    case busy
    /// It does not work.
    case broken
    /// The key cannot be used.
    case account

    init(_ failureClass: FailureClass) {
        self =
            switch failureClass {
            case .badRequest, .contextLength, .unsupportedParameter, .modelNotFound, .moderation, .tooLarge,
                .modelFailure:
                .alive
            case .rateLimit: .busy
            case .overloaded, .server, .connection, .timeout, .streamBroken, .misconfigured: .broken
            case .auth, .billing, .rateLimitLong: .account
            }
    }
}
