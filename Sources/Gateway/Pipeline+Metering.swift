import Dialects
import Identity
import Ledger
import Limits
import Logging
import NIOCore
import Policy
import Prices
import WireJSON

/// What a request may use, and what it used.
extension Pipeline {
    /// Reserves what the request may need on every limit that concerns it, in one step, or throws what refuses it.
    func reserve(
        _ call: ClientRequest, _ route: Route, _ identity: Identity, _ request: RequestState
    ) async throws(WireError) -> Meter {
        let meter = try meter(call, route, identity, request, isEstimated: false)
        guard !meter.caller.claims.isEmpty else { return meter }
        let outcome: ReserveOutcome
        do throws(LimitStoreFailure) {
            outcome = try await services.limits.reserve(
                ReservationRequest(
                    id: ids.nextReservation(), tenant: meter.caller.tenant.tenant, claims: meter.caller.claims,
                    demand: demand(meter, route), leaseMilliseconds: services.leaseMilliseconds),
                onOutage: meter.caller.tenant.plan.onStoreOutage, on: eventLoop)
        } catch {
            throw WireError(error)
        }
        let now = services.clock()
        switch outcome {
        case .refused(let refusal):
            if !refusal.isDegraded { watch(refusal.states, meter, adding: nil, now: now) }
            request.limitHeaders = LimitHeaders.block(refusal.states, now: now)
            if refusal.isDegraded { request.limitHeaders?.add("x-martlet-degraded", "limits") }
            throw WireError(refusal, now: now)
        case .admitted(let reservation):
            if !reservation.isDegraded { watch(reservation.states, meter, adding: nil, now: now) }
            request.limitHeaders = LimitHeaders.block(reservation.states, now: now)
            if reservation.isDegraded { request.limitHeaders?.add("x-martlet-degraded", "limits") }
            meter.reservation = reservation
            leases.add(meter)
            return meter
        }
    }

    /// Tells the limits what was used, once, whatever became of the request.
    func settle(_ meter: Meter) async {
        guard meter.claimSettlement() else { return }
        learn(meter)
        guard let reservation = meter.reservation else { return }
        leases.remove(meter)
        let actuals = meter.actuals
        // What a degraded store says is of a share, not of the limit that people are to be told of.
        if !reservation.isDegraded { watch(reservation.states, meter, adding: actuals, now: services.clock()) }
        guard Task.isCancelled else { return await settle(reservation, actuals) }
        // The client left, and the store would see this task's cancellation as its own.
        inFlight += 1
        Task.immediate(executorPreference: executor) {
            await settle(reservation, actuals)
            inFlight -= 1
        }
    }

    private func settle(_ reservation: Reservation, _ actuals: LimitActuals) async {
        do throws(LimitStoreFailure) {
            _ = try await services.limits.settle(reservation, actuals: actuals, on: eventLoop)
        } catch {
            services.logger.error(
                "usage not counted",
                metadata: ["tenant": "\(reservation.tenant.name)", "reason": "\(error.metricLabel)"])
        }
    }

    private func watch(_ states: [LimitState], _ meter: Meter, adding actuals: LimitActuals?, now: Int) {
        let tenant = meter.caller.tenant
        guard let alerts = services.alerts, let policy = tenant.plan.alerts else { return }
        alerts.observe(states, adding: actuals, tenant: tenant.tenant.name, policy: policy, now: now)
    }

    /// What the limits that concern this caller are, and what the request may need of them.
    ///
    /// - Parameter isEstimated: look at the prompt even if no limit counts tokens or cost.
    func meter(
        _ call: ClientRequest, _ route: Route, _ identity: Identity, _ request: RequestState, isEstimated: Bool
    ) throws(WireError) -> Meter {
        let tenant = tenantLimits(identity, request)
        guard
            tenant.plan.unknownPrice == .flag
                || route.targets.contains(where: { $0.price?.covers(call.endpoint) == true })
        else {
            throw WireError(
                status: 403, type: "invalid_request_error", code: "price_unknown", param: "model",
                message: "No price is known for the model `\(call.model)`, and the plan refuses models without one "
                    + "(unknown_price: block). The administrator can state a price in the model's policy.")
        }
        let endUser = tenant.countsEndUsers ? call.endUser.map(LimitSubject.shortened) : nil
        let subject = LimitSubject(identity, model: call.model, endUser: endUser)
        let caller = limits.caller(subject, tenant, now: services.clock())
        guard isEstimated || tenant.countsTokens || tenant.countsCost else {
            return Meter(caller: caller, subject: subject, facts: nil, demand: TokenDemand(prompt: 0, output: 0))
        }
        let facts = PromptFacts(call)
        guard let target = route.targets.first?.target else { throw .unknownModel(call.model) }
        let prompt = tokenEstimator.promptTokens(facts, kind: target.kind, model: target.model)
        let output = outputEstimator.outputTokens(
            facts, key: subject.credential, model: call.model, modelCap: target.capabilities.maxOutput)
        return Meter(
            caller: caller, subject: subject, facts: facts, demand: TokenDemand(prompt: prompt, output: output))
    }

    func tenantLimits(_ identity: Identity, _ request: RequestState) -> TenantLimits {
        let stored = storedTenants[identity.tenant]
        // A request that began before the policy changed keeps its own, which nobody else needs any more.
        guard request.runtime === runtime else {
            return TenantLimits(request.runtime.snapshot, tenant: identity.tenant, stored: stored)
        }
        return limits.tenant(identity.tenant, runtime.snapshot, stored: stored)
    }

    /// The dearest of the targets decides what is reserved: any of them may answer.
    func demand(_ meter: Meter, _ route: Route) -> LimitDemand {
        var (need, want) = (0, 0)
        for target in route.targets where meter.facts != nil {
            guard let price = target.price, let cost = meter.demand.cost(at: price) else { continue }
            need = max(need, cost.need)
            want = max(want, cost.want)
        }
        return LimitDemand(
            tokens: LimitDemand.Amount(need: meter.demand.need, want: meter.demand.want),
            cost: LimitDemand.Amount(need: need, want: want))
    }

    private func learn(_ meter: Meter) {
        // Of an answer that several attempts have put together, the last one's usage says little.
        guard let facts = meter.facts, let last = meter.answer, let usage = last.usage,
            !usage.estimated, meter.attempts.count(where: \.isDelivered) == 1
        else { return }
        tokenEstimator.learn(facts, kind: last.kind, model: last.model, usage: usage)
        outputEstimator.learn(facts, key: meter.subject.credential, model: meter.subject.model, usage: usage)
    }

    /// Extends the leases of requests that have been running for a while, and writes down what had to wait. Called by a
    /// timer on the event loop.
    func renewLeases() {
        ledger?.flush()
        let now = NIODeadline.now()
        let due = leases.due(now: now)
        if due.isEmpty { return }
        Task.immediate(executorPreference: executor) {
            let renewed = await services.limits.renew(
                due, leaseMilliseconds: services.leaseMilliseconds, on: eventLoop)
            leases.renewed(renewed, at: now)
        }
    }
}
