import Dialects
import Identity
import Logging
import NIOCore
import NIOHTTP1
import Prices
import Routing
import Upstream

/// Answers that come in one piece, and every answer that is not a success.
extension Pipeline {
    /// Largest whole answer taken from a provider: images and long tool outputs fit, a runaway does not.
    static let wholeAnswerLimit = 64 << 20

    func answerWhole(
        _ upstream: UpstreamResponse, _ attempt: Attempt
    ) async throws(UpstreamFailure) -> AttemptEnd {
        let request = attempt.request
        let body = try await upstream.collect(upTo: Self.wholeAnswerLimit)
        attempt.clock.stop()
        let head = AnswerHead(status: upstream.status, rawHeaders: upstream.rawHeaders)
        switch attempt.routed.provider.dialect.translate(body, head: head, plan: attempt.plan) {
        case .failure(let failure):
            record(nil, delivered: false, attempt)
            return .failed(AttemptFailure(failure))
        case .answer(let answer):
            remember(answer.thoughts, attempt)
            let usage =
                answer.usage ?? estimate(completionBytes: answer.body.count, attempt)
            record(usage, delivered: true, attempt)
            attempt.request.firstTokenAt = NIODeadline.now().uptimeNanoseconds
            note(answer.body, attempt.request, isStream: false)
            await closeBooks(attempt.journey, .answered(by: attempt))
            var headers = answerHeaders(
                request, attempt.routed, contentType: "application/json", clock: attempt.clock)
            // An unknown cost is left out: zero would be a claim.
            if let charge = attempt.journey.meter.attempts.last?.charge {
                headers.add("x-martlet-cost-usd", WireError.dollars(charge.nanodollars))
            }
            _ = attempt.journey.mayBegin(attempt.order.number)
            attempt.pass.began(microseconds: Int(clamping: attempt.clock.latency / 1000), at: Journey.now)
            request.response.respond(status: .ok, headers: headers, body: answer.body)
            return .finished
        }
    }

    func remember(_ thoughts: [ThoughtRecord], _ attempt: Attempt) {
        if thoughts.isEmpty { return }
        services.thoughts.remember(thoughts, tenant: attempt.journey.identity.tenant, now: attempt.request.created)
    }

    /// What went wrong upstream, for the people who run the gateway: a client's error says less.
    func report(_ failure: ProviderFailure, _ attempt: Attempt) {
        services.logger.info(
            "attempt failed",
            metadata: [
                "request": "\(attempt.request.id)", "provider": "\(attempt.routed.target.provider)",
                "model": "\(attempt.routed.target.model)", "class": "\(failure.failureClass.rawValue)",
                "status": "\(failure.upstreamStatus)", "message": "\(failure.message)",
            ])
    }

    /// What nobody has counted: the prompt by what was learned of this model, tools and media included.
    func estimate(completionBytes: Int, _ attempt: Attempt) -> TokenUsage {
        let target = attempt.routed.target
        let facts = attempt.journey.meter.facts ?? PromptFacts(attempt.journey.call)
        var usage = TokenUsage.estimate(promptBytes: attempt.plan.promptBytes, completionBytes: completionBytes)
        usage.prompt = max(usage.prompt, tokenEstimator.promptTokens(facts, kind: target.kind, model: target.model))
        usage.total = usage.prompt + usage.completion
        return usage
    }

    /// What an attempt used, as far as anybody knows.
    func record(_ usage: TokenUsage?, delivered: Bool, _ attempt: Attempt) {
        let target = attempt.routed.target
        attempt.journey.meter.add(
            MeteredAttempt(
                number: attempt.order.number, provider: target.provider, kind: target.kind, model: target.model,
                usage: usage,
                charge: usage.flatMap { Charge(usage: $0, price: attempt.routed.price) }, isDelivered: delivered))
    }
}
