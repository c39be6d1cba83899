import Dialects

extension RouteFailure {
    /// Without a break of a delivered answer, the failure that tells the client most.
    init(attempts: [RouteAttempt], skips: [RouteSkip], broken: ProviderFailure?, ending: ProviderFailure?) {
        self.attempts = attempts
        self.skips = skips
        isInBand = broken != nil
        var cause = broken ?? ending ?? Self.mostUseful(attempts.compactMap(\.failure)) ?? Self.ofSkips(skips)
        if broken == nil, ending == nil, let wait = Self.soonest(attempts, skips), cause.failureClass.isPassing {
            cause.retryAfterMilliseconds = wait
        }
        self.cause = cause
    }

    private static func mostUseful(_ failures: [ProviderFailure]) -> ProviderFailure? {
        failures.max { $0.failureClass.usefulness < $1.failureClass.usefulness }
    }

    private static func ofSkips(_ skips: [RouteSkip]) -> ProviderFailure {
        let classes = skips.map { $0.reason.causeClass }
        guard let cause = classes.max(by: { $0.usefulness < $1.usefulness }) else {
            return ProviderFailure(.misconfigured, upstreamStatus: 0, message: "The model has no target to ask.")
        }
        return ProviderFailure(
            cause, upstreamStatus: 0, message: "No provider can take the request at the moment.", code: "no_target")
    }

    /// When the first target that failed in passing can be asked again.
    private static func soonest(_ attempts: [RouteAttempt], _ skips: [RouteSkip]) -> Int? {
        let waits =
            attempts.compactMap { $0.failure?.retryAfterMilliseconds } + skips.compactMap { $0.reason.readyIn }
        return waits.filter { $0 > 0 }.min()
    }
}

extension SkipReason {
    /// The class that tells a client of a target nobody could ask.
    var causeClass: FailureClass {
        guard let failureClass else { return .rateLimit }
        switch failureClass {
        case .rateLimit, .rateLimitLong, .auth, .billing: return failureClass
        default: return .overloaded
        }
    }
}

extension FailureClass {
    /// Goes by itself with time.
    var isPassing: Bool {
        switch self {
        case .rateLimit, .rateLimitLong, .overloaded: true
        default: false
        }
    }

    /// How much it helps a client to learn this of several failures: a verdict on its request most, then what a later
    /// try can get around, then the gateway's own troubles. (A fallback's context length or missing model is no
    /// news when the first target was merely down.)
    var usefulness: Int {
        switch self {
        case .moderation: 17
        case .badRequest: 16
        case .rateLimit: 15
        case .overloaded: 14
        case .timeout: 13
        case .server: 12
        case .streamBroken: 11
        case .connection: 10
        case .modelFailure: 9
        case .contextLength: 8
        case .tooLarge: 7
        case .unsupportedParameter: 6
        case .rateLimitLong: 5
        case .billing: 4
        case .auth: 3
        case .modelNotFound: 2
        case .misconfigured: 1
        }
    }
}
