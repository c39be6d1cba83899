import Dialects
import NIOCore
import NIOHTTP1
import Routing
import Upstream

/// Answers that come in pieces.
extension Pipeline {
    /// Relays a stream. Nothing goes to the client before the first real delta (a keep-alive comment apart), so
    /// that until then the attempt can fail without a trace in the answer.
    func relay(_ upstream: UpstreamResponse, _ attempt: inout Attempt) async -> AttemptEnd {
        let response = attempt.request.response
        let head = AnswerHead(status: upstream.status, rawHeaders: upstream.rawHeaders)
        var translator = attempt.routed.provider.dialect.makeStream(head: head, plan: attempt.plan)
        var output: [UInt8] = []

        var left: (at: NIODeadline, bytes: Int)?
        while true {
            if response.isClientGone, isDrained(since: &left, translator) {
                upstream.cancel()
                return leave(translator, attempt)
            }
            let state: StreamState
            var phase = AttemptFailure.Phase.answer
            do throws(UpstreamFailure) {
                if let bytes = try await upstream.next() {
                    state = translator.feed(bytes, into: &output)
                } else {
                    state = translator.end(into: &output)
                }
            } catch {
                // Not the provider's fault: the client left, or the gateway is stopping.
                if error.kind == .cancelled, response.isClientGone { return leave(translator, attempt) }
                let failure = AttemptFailure(error, provider: attempt.routed.target.provider)
                phase = failure.phase
                state = .failed(failure.failure)
            }
            if !output.isEmpty { send(&output, &attempt, upstream) }

            switch state {
            case .waiting, .flowing:
                guard response.isBackedUp else { continue }
                do throws(ClientGone) { try await response.drained() } catch {
                    if response.outlivesClient { continue }
                    upstream.cancel()
                    return leave(translator, attempt)
                }
            case .complete:
                attempt.isComplete = true
                upstream.cancel()
                response.finish()
                finish(translator, attempt)
                return .finished
            case .failed(let failure):
                upstream.cancel()
                finish(translator, attempt)
                return .failed(
                    AttemptFailure(failure, phase: phase, delivered: attempt.hasDelivered ? .other : .nothing))
            }
        }
    }

    private func send(_ output: inout [UInt8], _ attempt: inout Attempt, _ upstream: UpstreamResponse) {
        let response = attempt.request.response
        if attempt.clock.isRunning {
            attempt.clock.stop()
            upstream.firstTokenSeen()
            _ = attempt.journey.handle(.began(attempt.order.number))
            attempt.pass.began(microseconds: Int(clamping: attempt.clock.latency / 1000), at: Journey.now)
        }
        attempt.hasDelivered = true
        if !response.hasBegun { response.begin(status: .ok, headers: streamHeaders(attempt)) }
        response.send(output)
        output.removeAll(keepingCapacity: true)
    }

    /// How long, and for how many bytes, an answer is read on for its exact usage after its client left.
    private static let drainTime = TimeAmount.seconds(60)
    private static let drainBytes = 1 << 20

    private func isDrained(
        since left: inout (at: NIODeadline, bytes: Int)?, _ translator: any StreamTranslator
    ) -> Bool {
        let now = NIODeadline.now()
        let since = left ?? (now, translator.deliveredBytes)
        left = since
        return now - since.at >= Self.drainTime || translator.deliveredBytes - since.bytes >= Self.drainBytes
    }

    private func leave(_ translator: any StreamTranslator, _ attempt: Attempt) -> AttemptEnd {
        finish(translator, attempt)
        return .clientGone
    }

    private func finish(_ translator: any StreamTranslator, _ attempt: Attempt) {
        remember(translator.thoughts, attempt)
        let isDelivered = attempt.hasDelivered || attempt.isComplete
        // An attempt that failed before its first token cost what the provider says, if it says anything.
        record(isDelivered ? usage(of: translator, attempt) : translator.usage, delivered: isDelivered, attempt)
    }

    /// The provider's own count where the stream came to its end; else what it had stated so far, or what was
    /// delivered if that is more.
    private func usage(of translator: any StreamTranslator, _ attempt: Attempt) -> TokenUsage {
        let delivered = TokenUsage.estimate(
            promptBytes: attempt.plan.promptBytes, completionBytes: translator.deliveredBytes)
        guard var usage = translator.usage else { return delivered }
        if attempt.isComplete { return usage }
        usage.completion = max(usage.completion, delivered.completion)
        usage.total = usage.prompt + usage.completion
        usage.estimated = true
        return usage
    }

    private func streamHeaders(_ attempt: Attempt) -> HeaderBlock {
        var headers = answerHeaders(
            attempt.request, attempt.routed, contentType: Self.eventStream, clock: attempt.clock)
        headers.add("cache-control", "no-cache")
        return headers
    }

    private static let eventStream: StaticString = "text/event-stream; charset=utf-8"

    /// Of a stream whose first bytes are a keep-alive comment: nobody knows yet who will answer.
    func keepAliveHeaders(_ request: RequestState) -> HeaderBlock {
        var headers: HeaderBlock = ["openai-version": "2020-10-01", "cache-control": "no-cache"]
        headers.add("content-type", Self.eventStream)
        headers.add("x-request-id", "req_", request.id)
        return headers
    }
}
