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
        _ call: ClientRequest, _ route: Route, _ identity: Identity, _ request: RequestState, _ meter: Meter
    ) async throws(WireError) {
        let total = try totalDeadline(request)
        let journey = Journey(
            call: call, route: route, identity: identity, request: request, meter: meter,
            walk: RouteWalk(routePlan(call, route, total: total)), random: generator)
        _ = generator.next()
        route.targets.first?.budget.countRequest()
        var event = RouteEvent.start
        while true {
            switch journey.handle(event) {
            case .attempt(let order): event = try await attempt(order, journey)
            case .fail(let failure): throw WireError(failure)
            // Without a second attempt beside the first there is nothing else to do here.
            case .wait, .hedge, .resume, .deliver, .cancel, .done, .stop: return
            }
        }
    }

    private func routePlan(_ call: ClientRequest, _ route: Route, total: Int) -> RoutePlan {
        let order = route.choice.order(random: &generator) { route.targets[$0].access.latency.load(at: Journey.now) }
        let candidates = order.map { index in
            let routed = route.targets[index]
            return RouteCandidate(
                target: index, provider: routed.target.provider, model: routed.target.model,
                contextWindow: routed.target.capabilities.contextWindow,
                firstTokenLimit: call.stream ? routed.phases.firstToken : routed.phases.answer,
                isRepeatable: routed.target.kind != .n8n, isResting: routed.access.isResting)
        }
        let longest = candidates.first.map { route.targets[$0.target].phases.total } ?? 0
        var plan = RoutePlan(
            route.policy, candidates: candidates, isStream: call.stream, hasStructure: false,
            total: min(longest, total))
        // One attempt at a time, and none continues another: where a policy asks for more, the start says so.
        plan.resume = false
        plan.hedgeAfter = nil
        return plan
    }

    private func attempt(_ order: AttemptOrder, _ journey: Journey) async throws(WireError) -> RouteEvent {
        if order.after > 0 {
            do { try await Task.sleep(for: .milliseconds(order.after)) } catch { return .clientGone }
        }
        let routed = journey.route.targets[order.target]
        let pass: TargetPass
        switch routed.access.admit() {
        case .skip(let reason): return .skipped(order.number, reason)
        case .pass(let given): pass = given
        }
        let call: ProviderCall
        do throws(WireError) { call = try await prepare(routed, order, journey) } catch {
            pass.abandoned()
            throw error
        }
        var attempt = Attempt(routed: routed, plan: call.plan, journey: journey, order: order, pass: pass)
        switch await send(call, &attempt) {
        case .finished:
            pass.succeeded()
            return .finished(order.number)
        case .clientGone:
            pass.abandoned()
            return .clientGone
        case .failed(var failure):
            report(failure.failure, attempt)
            pass.failed(failure)
            // The time over all attempts ended this one: that, not what failed before it, is what the client waits for.
            let left = journey.walk.plan.total - (Journey.now - Int(journey.startedAt / 1_000_000))
            if failure.failure.failureClass == .timeout, order.number > 1, left <= 5 { return .deadline }
            failure.otherKeyReady = routed.access.hasReadyKey(besides: pass.keyIndex)
            return .failed(order.number, failure)
        }
    }

    /// The request in the target's format.
    private func prepare(
        _ routed: RoutedTarget, _ order: AttemptOrder, _ journey: Journey
    ) async throws(WireError) -> ProviderCall {
        let (call, identity, request) = (journey.call, journey.identity, journey.request)
        var context = CallContext(
            created: request.created, idSeed: request.id,
            thoughts: { [thoughts = services.thoughts] id in
                thoughts.recall(id, tenant: identity.tenant, now: request.created)
            },
            remoteFiles: try await fetchFiles(call, routed, total: order.totalLimit))
        // Conversations that no client names are told apart by who has them, too.
        if routed.target.kind == .n8n {
            context.session = request.inbound.fields.session
            context.conversationScope = "\(identity.tenant)/\(identity.keyID ?? "")/\(identity.user ?? "")"
        }
        return try routed.provider.dialect.prepare(call, target: routed.target, context: context)
    }

    private func send(_ call: ProviderCall, _ attempt: inout Attempt) async -> AttemptEnd {
        let request = attempt.request
        attempt.clock.start(first: &attempt.journey.startedAt)
        // From now on, not from the provider's head: a silent provider is what the comments are for.
        if attempt.journey.call.stream { request.response.keepAlive(headers: keepAliveHeaders(request)) }
        request.response.outlivesClient = attempt.routed.provider.policy.onDisconnect == .drain
        do throws(UpstreamFailure) {
            let answer = try await services.upstream.send(
                upstreamRequest(call, attempt, isStream: attempt.journey.call.stream), on: eventLoop)
            if attempt.journey.call.stream, (200..<300).contains(answer.status) {
                return await relay(answer, &attempt)
            }
            return try await answerWhole(answer, &attempt)
        } catch {
            record(nil, delivered: false, attempt)
            if error.kind == .cancelled, request.response.isClientGone { return .clientGone }
            return .failed(AttemptFailure(error, provider: attempt.routed.target.provider))
        }
    }
}

extension AttemptFailure {
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
            message += list
        default: message = failure.message.isEmpty ? message : failure.message
        }
        // One refusal that passes soon: the client's own patience decides. Otherwise all was tried.
        if failure.attempts.count > 1 || failure.cause.failureClass != .rateLimit { shouldRetry = shouldRetry ?? false }
        if failure.attempts.count > 1 { shouldRetry = false }
    }
}
