import Dialects
import Logging
import NIOHTTP1
import Upstream

/// Answers that come in one piece, and every answer that is not a success.
extension Pipeline {
    /// Largest whole answer taken from a provider: images and long tool outputs fit, a runaway does not.
    static let wholeAnswerLimit = 64 << 20

    func answerWhole(_ upstream: UpstreamResponse, _ attempt: inout Attempt) async throws(UpstreamFailure) {
        let request = attempt.request
        let body = try await upstream.collect(upTo: Self.wholeAnswerLimit)
        attempt.clock.stop()
        let head = AnswerHead(status: upstream.status, rawHeaders: upstream.rawHeaders)
        switch attempt.routed.provider.dialect.translate(body, head: head, plan: attempt.plan) {
        case .failure(let failure):
            report(failure, attempt)
            fail(request, WireError(failure))
        case .answer(let answer):
            remember(answer.thoughts, attempt)
            request.response.respond(
                status: .ok,
                headers: answerHeaders(
                    request, attempt.routed, contentType: "application/json", attempts: attempt.number,
                    clock: attempt.clock),
                body: answer.body)
            settle(answer.usage, attempt)
        }
    }

    func remember(_ thoughts: [ThoughtRecord], _ attempt: Attempt) {
        if thoughts.isEmpty { return }
        services.thoughts.remember(thoughts, tenant: attempt.tenant, now: attempt.request.created)
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

    /// What the answer cost in tokens, as far as anybody knows.
    func settle(_ usage: TokenUsage?, _ attempt: Attempt) {
        guard services.logger.logLevel <= .debug, let usage else { return }
        services.logger.debug(
            "answered",
            metadata: [
                "request": "\(attempt.request.id)", "tenant": "\(attempt.tenant)",
                "provider": "\(attempt.routed.target.provider)", "model": "\(attempt.routed.target.model)",
                "prompt": "\(usage.prompt)", "cached": "\(usage.cached)", "completion": "\(usage.completion)",
                "estimated": "\(usage.estimated)",
            ])
    }
}
