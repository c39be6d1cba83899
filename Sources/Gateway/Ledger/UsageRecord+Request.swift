import Dialects
import Identity
import Ledger
import Prices
import Routing
import Storage

/// How a request ended, as the ledger knows it.
enum RequestEnd {
    case answered(by: Attempt)
    case failed(WireError)
    /// The client left before its answer was whole.
    case clientGone
}

extension UsageRecord {
    /// What is known of a request before any target was asked.
    ///
    /// - Parameter elapsed: nanoseconds from its arrival.
    init(
        _ id: UUIDv7, _ call: ClientRequest, _ identity: Identity, _ request: RequestState, now: Int, elapsed: Int
    ) {
        self.init(
            id: id, time: Timestamp(milliseconds: now - elapsed / 1_000_000), tenant: identity.tenant,
            endpoint: call.endpoint.ledgerName, clientModel: call.model)
        user = identity.user
        key = identity.keyID
        endUser = call.endUser
        session = request.inbound.fields.session
        isStream = call.stream
        totalMilliseconds = elapsed / 1_000_000
        firstTokenMilliseconds = request.firstTokenAt.map {
            Int(clamping: $0 &- request.inbound.receivedAt) / 1_000_000
        }
    }

    /// What the targets did.
    mutating func add(_ journey: Journey, _ end: RequestEnd) {
        attemptCount = journey.walk.started
        attempts = journey.walk.attempts.map { AttemptRecord($0, journey.meter) }
        if case .answered(let attempt) = end {
            let latency = Int(clamping: attempt.clock.latency / 1_000_000)
            attempts.append(AttemptRecord(attempt.order.number, attempt.routed.target, latency, journey.meter))
        }
        provider = attempts.last?.provider
        upstreamModel = attempts.last?.model
        // One attempt that answered says nothing that the row does not say.
        if case .answered = end, attempts.count == 1 { attempts = [] }
        guard let answer = journey.meter.answer else { return }
        provider = answer.provider
        upstreamModel = answer.model
        add(answer)
    }

    private mutating func add(_ answer: MeteredAttempt) {
        guard let usage = answer.usage else { return }
        promptTokens = max(0, usage.prompt)
        cachedTokens = max(0, usage.cached)
        cacheWriteTokens = max(0, usage.cacheWrite)
        completionTokens = max(0, usage.completion)
        reasoningTokens = max(0, usage.reasoning)
        isEstimated = usage.estimated
        costNanodollars = answer.charge?.nanodollars
        priceVersion = answer.charge?.version
    }

    /// - Parameter hasBegun: the status 200 went out before.
    mutating func set(_ end: RequestEnd, hasBegun: Bool) {
        switch end {
        case .answered: status = 200
        case .clientGone:
            status = hasBegun ? 200 : 499
            error = "client_closed_request"
        case .failed(let failure):
            status = hasBegun ? 200 : failure.status
            // The provider's own codes are no closed set; the class of the last failure is.
            error = attempts.last.flatMap { $0.outcome == "ok" ? nil : $0.outcome } ?? failure.code ?? failure.type
        }
    }
}

extension AttemptRecord {
    fileprivate init(_ attempt: RouteAttempt, _ meter: Meter) {
        let failure = attempt.failure
        let outcome =
            switch attempt.outcome {
            case .answered: "ok"
            case .cancelled: "cancelled"
            case .failed(let failure): failure.failureClass.rawValue
            }
        self.init(
            number: attempt.number, provider: attempt.provider, model: attempt.model, outcome: outcome,
            status: failure.flatMap { $0.upstreamStatus == 0 ? nil : $0.upstreamStatus },
            latencyMilliseconds: attempt.latencyMilliseconds)
        add(meter)
    }

    fileprivate init(_ number: Int, _ target: Target, _ latency: Int, _ meter: Meter) {
        self.init(
            number: number, provider: target.provider, model: target.model, outcome: "ok", status: 200,
            latencyMilliseconds: latency)
        add(meter)
    }

    private mutating func add(_ meter: Meter) {
        guard let metered = meter.attempts.first(where: { $0.number == number }) else { return }
        promptTokens = max(0, metered.usage?.prompt ?? 0)
        completionTokens = max(0, metered.usage?.completion ?? 0)
        costNanodollars = metered.charge?.nanodollars
    }
}

extension Endpoint {
    /// The route without `/v1/`.
    fileprivate var ledgerName: String {
        switch self {
        case .chatCompletions: "chat/completions"
        case .completions: "completions"
        case .embeddings: "embeddings"
        }
    }
}
