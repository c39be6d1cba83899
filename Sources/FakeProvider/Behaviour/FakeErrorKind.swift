/// What went wrong at the provider; each dialect has its own status and body for it.
package enum FakeErrorKind: String, Sendable, Hashable, CaseIterable {
    case rateLimit = "rate_limit"
    /// The day's allowance is used up: same status as `rateLimit`, but a long wait.
    case daily
    /// The account's quota is gone: 429 that no wait cures.
    case quota
    case billing
    case overloaded
    /// Groq's 498; elsewhere the same as `overloaded`.
    case capacity
    case server
    case timeout
    case context
    case auth
    case permission
    case notFound = "not_found"
    case badRequest = "bad_request"
    /// A parameter the model does not take.
    case unsupported
    /// Refused by the provider's content filter.
    case filter
    case tooLarge = "too_large"
    /// The model wrote a call that does not fit its schema (Groq).
    case toolUseFailed = "tool_use_failed"

    /// The kind a bare status stands for.
    init(status: Int) {
        switch status {
        case 401: self = .auth
        case 402: self = .billing
        case 403: self = .permission
        case 404, 410: self = .notFound
        case 408, 504, 524: self = .timeout
        case 413: self = .tooLarge
        case 429: self = .rateLimit
        case 498: self = .capacity
        case 503, 529: self = .overloaded
        case 500...: self = .server
        default: self = .badRequest
        }
    }

    /// The status most providers use for it.
    var usualStatus: Int {
        switch self {
        case .rateLimit, .daily, .quota: 429
        case .billing: 402
        case .overloaded, .capacity: 503
        case .server: 500
        case .timeout: 504
        case .auth: 401
        case .permission: 403
        case .notFound: 404
        case .tooLarge: 413
        case .context, .badRequest, .unsupported, .filter, .toolUseFailed: 400
        }
    }
}
