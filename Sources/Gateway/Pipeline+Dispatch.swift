import Dialects
import Identity
import NIOCore
import NIOHTTP1
import Policy
import Routing
import Upstream

/// Asking targets, one after the other where one fails, and passing the answer on. What comes next is the walk's to
/// decide; this is the shell that does it.
extension Pipeline {
    func dispatch(
        _ call: ClientRequest, _ route: Route, _ identity: Identity, _ request: RequestState, _ meter: Meter,
        within deadline: Int
    ) async throws(WireError) {
        let journey = Journey(
            call, route, identity, request, meter, total: deadline, random: &generator)
        do throws(WireError) {
            if journey.walk.plan.hedgeAfter != nil { try await race(journey) } else { try await walk(journey) }
        } catch {
            await closeBooks(journey, .failed(error))
            throw error
        }
        // An answered one is closed already.
        await closeBooks(journey, .clientGone)
    }

    /// One attempt after the other, until the walk is over.
    private func walk(_ journey: Journey) async throws(WireError) {
        var event = RouteEvent.start
        while true {
            switch journey.handle(event) {
            case .attempt(let order): event = try await attempt(order, nil, journey)
            case .resume(let order, let method): event = try await attempt(order, method, journey)
            case .fail(let failure): throw WireError(failure)
            case .wait, .hedge, .deliver, .cancel, .done, .stop: return
            }
        }
    }

    /// One try at one target.
    ///
    /// - Parameter method: how it continues the answer that the client has a part of.
    func attempt(
        _ order: AttemptOrder, _ method: ResumeMethod?, _ journey: Journey
    ) async throws(WireError) -> RouteEvent {
        if order.after > 0 {
            do { try await Task.sleep(for: .milliseconds(order.after)) } catch { return .clientGone }
        }
        // Left during the wait: whoever is asked now would answer nobody.
        if journey.request.response.isClientGone { return .clientGone }
        let routed = journey.route.targets[order.target]
        let hasOthers = journey.walk.plan.candidates.count > 1
        let pass: TargetPass
        switch routed.access.admit(isLastResort: !hasOthers) {
        case .skip(let reason): return .skipped(order.number, reason)
        case .pass(let given): pass = given
        }
        if order.number == 1 { routed.budget.countRequest() }
        let (call, limits): (ProviderCall, AttemptOrder)
        do throws(WireError) {
            let request = try asked(method, journey)
            let files = try routed.provider.dialect.remoteFiles(in: request, target: routed.target)
            (call, limits) =
                files.isEmpty
                ? (try translate(request, routed, journey, files: [:]), order)
                : try await prepare(request, routed, order, journey, fetching: files)
        } catch {
            pass.abandoned()
            // What this target cannot do, another one may.
            guard hasOthers else { throw error }
            return .failed(order.number, AttemptFailure(cannotServe: error, provider: routed.target.provider))
        }
        if journey.request.response.isClientGone {
            pass.abandoned()
            return .clientGone
        }
        let attempt = Attempt(routed, call.plan, journey, limits, method, pass)
        switch await send(call, attempt) {
        case .finished:
            pass.succeeded()
            return .finished(order.number)
        case .diverged:
            pass.succeeded()
            return .diverged(order.number)
        case .outrun:
            pass.abandoned()
            // The walk has noted its end.
            let overtaken = ProviderFailure(.timeout, upstreamStatus: 0, message: "Another attempt was faster.")
            return .failed(order.number, AttemptFailure(overtaken, phase: .firstToken))
        case .clientGone:
            pass.abandoned()
            return .clientGone
        case .failed(var failure):
            report(failure.failure, attempt)
            pass.failed(failure)
            // Nobody is left who would want another answer.
            if journey.request.response.isClientGone { return .clientGone }
            // The time over all attempts ended this one: that, not what failed before it, is what the client waits for.
            let left = journey.walk.plan.total - (Journey.now - Int(journey.startedAt / 1_000_000))
            if failure.failure.failureClass == .timeout, order.number > 1, left <= 5 { return .deadline }
            failure.otherKeyReady = routed.access.hasReadyKey(besides: pass.keyIndex)
            return .failed(order.number, failure)
        }
    }

    /// The request as this attempt asks it.
    private func asked(_ method: ResumeMethod?, _ journey: Journey) throws(WireError) -> ClientRequest {
        guard let method else { return journey.call }
        let prefill = journey.resumable?.prefill
        journey.resumable?.resume(method)
        guard method == .prefill, let prefill else { return journey.call }
        return try journey.call.continuing(prefill)
    }

    /// The same for a target that cannot fetch files itself, with the attempt's limits less the time that this took.
    private func prepare(
        _ call: ClientRequest, _ routed: RoutedTarget, _ order: AttemptOrder, _ journey: Journey,
        fetching urls: [String]
    ) async throws(WireError) -> (ProviderCall, AttemptOrder) {
        let start = Journey.now
        let files = try await fetchFiles(urls, total: order.totalLimit)
        var rest = order
        rest.totalLimit = max(1, order.totalLimit - (Journey.now - start))
        rest.firstTokenLimit = min(order.firstTokenLimit, rest.totalLimit)
        return (try translate(call, routed, journey, files: files), rest)
    }

    /// The request in the target's format.
    private func translate(
        _ call: ClientRequest, _ routed: RoutedTarget, _ journey: Journey, files: [String: RemoteFile]
    ) throws(WireError) -> ProviderCall {
        let (identity, request) = (journey.identity, journey.request)
        var context = CallContext(
            created: request.created, idSeed: request.id,
            thoughts: { [thoughts = services.thoughts] id in
                thoughts.recall(id, tenant: identity.tenant, now: request.created)
            },
            remoteFiles: files)
        // Conversations that no client names are told apart by who has them, too.
        if routed.target.kind == .n8n {
            context.session = request.inbound.fields.session
            context.conversationScope = "\(identity.tenant)/\(identity.keyID ?? "")/\(identity.user ?? "")"
        }
        return try routed.provider.dialect.prepare(call, target: routed.target, context: context)
    }

    private func send(_ call: ProviderCall, _ attempt: Attempt) async -> AttemptEnd {
        let request = attempt.request
        attempt.clock.start(first: &attempt.journey.startedAt)
        // From now on, not from the provider's head: a silent provider is what the comments are for.
        if attempt.journey.call.stream { request.response.keepAlive(headers: keepAliveHeaders(request)) }
        request.response.outlivesClient = attempt.routed.provider.policy.onDisconnect == .drain
        do throws(UpstreamFailure) {
            let answer = try await services.upstream.send(
                upstreamRequest(call, attempt, isStream: attempt.journey.call.stream), on: eventLoop)
            if attempt.journey.call.stream, (200..<300).contains(answer.status) {
                return await relay(answer, attempt)
            }
            return try await answerWhole(answer, attempt)
        } catch {
            let isOutrun = attempt.journey.isOutrun(attempt.order.number)
            // A provider that was asked and called off counts the prompt all the same.
            record(isOutrun ? estimate(completionBytes: 0, attempt) : nil, delivered: false, attempt)
            if isOutrun { return .outrun }
            if error.kind == .cancelled, request.response.isClientGone { return .clientGone }
            return .failed(AttemptFailure(error, provider: attempt.routed.target.provider))
        }
    }
}

extension AttemptFailure {
    /// A request that one target cannot be asked: what it lacks does not speak against the others.
    init(cannotServe error: WireError, provider: String) {
        self.init(
            ProviderFailure(
                error.status < 500 ? .unsupportedParameter : .misconfigured, upstreamStatus: 0,
                message: error.message, code: error.code, param: error.param),
            phase: .connect)
    }

    /// A failure of the transport, before anything was delivered.
    init(_ failure: UpstreamFailure, provider: String) {
        let phase: Phase =
            switch failure.phase {
            // A name that does not resolve or a handshake that fails is as good as a refusal.
            case .connect, .blockedAddress: .connect
            case .send, .firstByte: .firstToken
            case .idle, .total, .receive, .cancelled, .tooLarge, .protocolError: .answer
            }
        self.init(ProviderFailure(failure, provider: provider), phase: phase)
    }
}

extension WireError {
    /// All targets failed, or the one that counts: one error that tells what was tried.
    init(_ failure: RouteFailure) {
        self.init(failure.cause)
        // Messages about the gateway's own account stay inside; the list of attempts is told in any case.
        switch failure.cause.failureClass {
        case .auth, .billing:
            let list = failure.message.dropFirst(failure.cause.message.count)
            self.message += list
        default: if !failure.message.isEmpty { self.message = failure.message }
        }
        // One refusal that passes soon: the client's own patience decides. Otherwise all was tried.
        if failure.attempts.count > 1 || failure.cause.failureClass != .rateLimit {
            self.shouldRetry = self.shouldRetry ?? false
        }
        if failure.attempts.count > 1 { self.shouldRetry = false }
    }
}
