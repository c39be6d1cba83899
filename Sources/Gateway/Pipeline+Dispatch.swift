import Dialects
import Identity
import NIOHTTP1
import Policy
import Upstream

/// Asking a target and passing its answer on.
extension Pipeline {
    func dispatch(
        _ call: ClientRequest, _ route: Route, _ identity: Identity, _ request: RequestState,
        _ meter: Meter
    ) async throws(WireError) {
        guard let routed = route.targets.first else { throw .unknownModel(call.model) }
        let target = routed.target
        let total = try totalDeadline(request)
        var context = CallContext(
            created: request.created, idSeed: request.id,
            thoughts: { [thoughts = services.thoughts] id in
                thoughts.recall(id, tenant: identity.tenant, now: request.created)
            },
            remoteFiles: try await fetchFiles(call, routed, total: total))
        // Conversations that no client names are told apart by who has them, too.
        if target.kind == .n8n {
            context.session = request.inbound.fields.session
            context.conversationScope = "\(identity.tenant)/\(identity.keyID ?? "")/\(identity.user ?? "")"
        }
        let prepared = try routed.provider.dialect.prepare(call, target: target, context: context)
        var attempt = Attempt(
            routed: routed, plan: prepared.plan, tenant: identity.tenant, request: request, meter: meter,
            clock: AttemptClock())
        attempt.clock.start()
        // From now on, not from the provider's head: a silent provider is what the comments are for.
        if call.stream { request.response.keepAlive(headers: keepAliveHeaders(request)) }
        request.response.outlivesClient = routed.provider.policy.onDisconnect == .drain
        do throws(UpstreamFailure) {
            let answer = try await services.upstream.send(
                upstreamRequest(prepared, routed, call, total, isLast: true), on: eventLoop)
            if call.stream, (200..<300).contains(answer.status) {
                try await relay(answer, &attempt)
            } else {
                try await answerWhole(answer, &attempt)
            }
        } catch {
            record(nil, delivered: false, attempt)
            if error.kind == .cancelled, request.response.isClientGone { return }
            let failure = ProviderFailure(error, provider: target.provider)
            report(failure, attempt)
            throw WireError(failure)
        }
    }
}
