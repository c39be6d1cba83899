package import Dialects
package import Policy

extension FailureClass {
    /// Under which name a policy lets this class go on to the next target; nil: never.
    package var fallbackReason: ModelPolicy.FallbackReason? {
        switch self {
        case .badRequest: nil
        case .contextLength, .tooLarge: .contextLength
        case .auth: .auth
        case .billing: .billing
        case .moderation: .contentFilter
        case .rateLimit, .rateLimitLong: .rateLimit
        case .overloaded: .overloaded
        case .connection: .connection
        case .timeout: .timeout
        // The provider, as it is set up, cannot serve the request.
        case .server, .streamBroken, .modelFailure, .misconfigured, .modelNotFound, .unsupportedParameter:
            .serverError
        }
    }

    /// Whether an answer that broke off for this reason can be continued elsewhere.
    var isBreak: Bool {
        switch self {
        case .connection, .timeout, .streamBroken, .server, .overloaded, .rateLimit, .rateLimitLong, .billing: true
        default: false
        }
    }
}
