import Policy

/// One `reserve`, under the locks of the shards it concerns. The Redis script decides the same way.
struct LocalDecision {
    private let request: ReservationRequest
    private let now: LocalTime
    private let shard: LocalShard
    private let globalShard: LocalShard?
    private let tenant: TenantLedger?
    private let global: TenantLedger?

    init(_ request: ReservationRequest, _ now: LocalTime, _ shard: LocalShard, _ globalShard: LocalShard?) {
        self.request = request
        self.now = now
        self.shard = shard
        self.globalShard = globalShard
        let hasOwn = request.claims.contains { !$0.isGlobal }
        tenant = hasOwn ? shard.ledger(request.tenant) : nil
        global = globalShard?.ledger(.global)
    }

    func run() throws(LimitStoreFailure) -> ReserveOutcome {
        if request.claims.isEmpty { return .admitted(.nothingHeld(request, origin: .store)) }
        if holdsID { throw .invalid("the id is in use") }
        if isFull { throw .full }
        while true {
            let freed = max(free(global), free(tenant))
            if let reservation = admit() { return .admitted(reservation) }
            // What still counts may be dead: look again when it is freed.
            if freed < LocalLimitStore.freedPerCall { return .refused(refusal()) }
        }
    }

    private var holdsID: Bool { tenant?.holds(request.id) == true || global?.holds(request.id) == true }

    private var isFull: Bool {
        max(tenant?.reservationCount ?? 0, global?.reservationCount ?? 0) >= LocalLimitStore.maxReservationsPerTenant
    }

    private func free(_ ledger: TenantLedger?) -> Int {
        ledger?.freeEnded(at: now, limit: LocalLimitStore.freedPerCall) ?? 0
    }

    private func ledger(of claim: LimitClaim) -> TenantLedger? {
        claim.isGlobal ? global : tenant
    }

    /// Reserves on all claims; nil, and nothing changed, when one of them has no room.
    private func admit() -> Reservation? {
        var admission = Admission(request.demand)
        var claims = request.claims
        var windows: [WindowState] = []
        windows.reserveCapacity(claims.count)
        for index in claims.indices {
            var claim = claims[index]
            let window = window(&claim)
            // The array is the request's until something in it changes.
            if claim !== claims[index] { claims[index] = claim }
            guard admission.fits(claim, window, at: now.wall) else { return nil }
            windows.append(window)
        }
        return hold(claims, &windows, tokens: admission.tokens, cost: admission.cost)
    }

    /// How a counter stands now. A claim for whose subject there is no room becomes one of what its like share.
    private func window(_ claim: inout LimitClaim) -> WindowState {
        let (shard, ledger) = claim.isGlobal ? (globalShard, global) : (shard, tenant)
        if let known = ledger?.window(claim, at: now) { return known }
        if let shard, let ledger {
            let placed = shard.placed(claim, in: ledger, at: now)
            if placed !== claim {
                claim = placed
                if let known = ledger.window(placed, at: now) { return known }
            }
        }
        var window = WindowState()
        window.roll(for: claim, now: now.wall)
        return window
    }

    private func hold(_ claims: [LimitClaim], _ windows: inout [WindowState], tokens: Int, cost: Int) -> Reservation {
        var holdings: [Holding] = []
        var states: [LimitState] = []
        holdings.reserveCapacity(claims.count)
        states.reserveCapacity(claims.count)
        for (index, claim) in claims.enumerated() {
            let amount = claim.amount(tokens: tokens, cost: cost)
            windows[index].reserve(amount)
            if claim.counter.resource == .concurrency {
                windows[index].hold(until: now.wall + request.leaseMilliseconds)
            }
            ledger(of: claim)?.store(windows[index], for: claim.counter)
            holdings.append(Holding(bucket: windows[index].bucket, until: windows[index].until, amount: amount))
            let state = LimitState(claim, windows[index], at: now.wall)
            // An enforced limit had room.
            states.append(claim.shadow ? state.judged(need: request.demand.need(for: claim), holding: amount) : state)
        }
        let end = now.steady + request.leaseMilliseconds
        tenant?.hold(request.id, claims: claims, holdings: holdings, until: end)
        global?.hold(request.id, claims: claims, holdings: holdings, until: end)
        return Reservation(
            id: request.id, tenant: request.tenant, claims: claims, holdings: holdings, states: states,
            tokens: tokens, cost: cost)
    }

    private func refusal() -> Refusal {
        var states: [LimitState] = []
        var binding = 0
        var retryAt = 0
        for (index, var claim) in request.claims.enumerated() {
            let window = window(&claim)
            let need = request.demand.need(for: claim)
            let state = LimitState(claim, window, at: now.wall).judged(need: need)
            states.append(state)
            guard !claim.shadow, state.wouldRefuse else { continue }
            let instant = window.retryAt(need: need, claim: claim, now: now.wall)
            if instant > retryAt {
                retryAt = instant
                binding = index
            }
        }
        return Refusal(
            states: states, binding: binding, requested: request.demand.need(for: request.claims[binding]),
            retryAfterMilliseconds: max(1, retryAt - now.wall))
    }
}
