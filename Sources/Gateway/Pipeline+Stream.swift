import Dialects
import NIOCore
import NIOHTTP1
import Routing
import Upstream

/// Answers that come in pieces.
extension Pipeline {
    /// Relays a stream. Nothing goes to the client before the first real delta (a keep-alive comment apart), so
    /// that until then the attempt can fail without a trace in the answer.
    func relay(_ upstream: UpstreamResponse, _ attempt: Attempt) async -> AttemptEnd {
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
                if attempt.journey.isOutrun(attempt.order.number) { return lose(translator, attempt) }
                // Not the provider's fault: the client left, or the gateway is stopping.
                if error.kind == .cancelled, response.isClientGone { return leave(translator, attempt) }
                let failure = AttemptFailure(error, provider: attempt.routed.target.provider)
                phase = failure.phase
                state = .failed(failure.failure)
            }
            if attempt.journey.isOutrun(attempt.order.number) {
                upstream.cancel()
                return lose(translator, attempt)
            }
            if attempt.journey.resumable != nil, !output.isEmpty {
                guard let shown = attempt.journey.resumable?.take(output) else {
                    upstream.cancel()
                    finish(translator, attempt)
                    return .diverged
                }
                output = shown
                // The beginning said again is no silence, though nobody sees it.
                if shown.isEmpty { upstream.firstTokenSeen() }
            }
            if !output.isEmpty, !begin(attempt, upstream) {
                upstream.cancel()
                return lose(translator, attempt)
            }
            note(output, attempt.request, isStream: true)
            if case .complete = state {
                attempt.isComplete = true
                // Before the client's last byte: what it sends next shall find everything settled.
                finish(translator, attempt)
                await closeBooks(attempt.journey, .answered(by: attempt))
            }
            if !output.isEmpty { send(&output, attempt) }

            switch state {
            case .waiting, .flowing:
                guard response.isBackedUp else { continue }
                do throws(ClientGone) { try await response.drained() } catch {
                    if response.outlivesClient { continue }
                    upstream.cancel()
                    return leave(translator, attempt)
                }
            case .complete:
                upstream.cancel()
                response.finish()
                return .finished
            case .failed(let failure):
                upstream.cancel()
                finish(translator, attempt)
                return .failed(
                    AttemptFailure(
                        failure, phase: phase, delivered: attempt.journey.delivered(attempt.hasDelivered)))
            }
        }
    }

    /// Before the first of an attempt's answer is shown. False if another attempt was faster.
    private func begin(_ attempt: Attempt, _ upstream: UpstreamResponse) -> Bool {
        guard attempt.clock.isRunning else { return true }
        attempt.clock.stop()
        guard attempt.journey.mayBegin(attempt.order.number) else { return false }
        upstream.firstTokenSeen()
        attempt.request.firstTokenAt = attempt.request.firstTokenAt ?? NIODeadline.now().uptimeNanoseconds
        attempt.pass.began(microseconds: Int(clamping: attempt.clock.latency / 1000), at: Journey.now)
        return true
    }

    private func send(_ output: inout [UInt8], _ attempt: Attempt) {
        let response = attempt.request.response
        attempt.hasDelivered = true
        if !response.hasBegun { response.begin(status: .ok, headers: streamHeaders(attempt)) }
        response.send(output)
        output.removeAll(keepingCapacity: true)
    }

    private func lose(_ translator: any StreamTranslator, _ attempt: Attempt) -> AttemptEnd {
        record(estimate(completionBytes: translator.deliveredBytes, attempt), delivered: false, attempt)
        return .outrun
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
        if attempt.isComplete, let usage = translator.usage { return usage }
        let delivered = estimate(completionBytes: translator.deliveredBytes, attempt)
        guard var usage = translator.usage else { return delivered }
        usage.prompt = max(usage.prompt, delivered.prompt)
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
        if let limits = request.limitHeaders { headers.add(limits) }
        return headers
    }
}
