import Policy

/// One `reserve`, under the locks of the shards it concerns. The Redis script decides the same way.
struct LocalDecision {
    private let request: ReservationRequest
    private let now: Int
    private let shard: LocalShard
    private let globalShard: LocalShard?
    private let tenant: TenantLedger?
    private let global: TenantLedger?

    init(_ request: ReservationRequest, _ now: Int, _ shard: LocalShard, _ globalShard: LocalShard?) {
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
            if let reservation = try admit() { return .admitted(reservation) }
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
    private func admit() throws(LimitStoreFailure) -> Reservation? {
        let claims = request.claims
        var admission = Admission(request.demand)
        var windows: [WindowState] = []
        windows.reserveCapacity(claims.count)
        var added = 0
        var addedGlobal = 0
        for claim in claims {
            var window: WindowState
            if let known = ledger(of: claim)?.window(claim, at: now) {
                window = known
            } else {
                window = WindowState()
                window.roll(for: claim, now: now)
                if claim.isGlobal { addedGlobal += 1 } else { added += 1 }
            }
            guard admission.fits(claim, window, at: now) else { return nil }
            windows.append(window)
        }
        guard globalShard?.admit(addedGlobal, at: now) ?? true, shard.admit(added, at: now) else { throw .full }
        return hold(&windows, tokens: admission.tokens, cost: admission.cost)
    }

    private func hold(_ windows: inout [WindowState], tokens: Int, cost: Int) -> Reservation {
        let claims = request.claims
        let end = now + request.leaseMilliseconds
        var holdings: [Holding] = []
        var states: [LimitState] = []
        holdings.reserveCapacity(claims.count)
        states.reserveCapacity(claims.count)
        for (index, claim) in claims.enumerated() {
            let amount = claim.amount(tokens: tokens, cost: cost)
            windows[index].reserve(amount)
            if claim.counter.resource == .concurrency { windows[index].hold(until: end) }
            ledger(of: claim)?.store(windows[index], for: claim.counter)
            holdings.append(Holding(bucket: windows[index].bucket, until: windows[index].until, amount: amount))
            states.append(LimitState(claim, windows[index], at: now))
        }
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
        for (index, claim) in request.claims.enumerated() {
            var window = ledger(of: claim)?.window(claim, at: now) ?? WindowState()
            window.roll(for: claim, now: now)
            let state = LimitState(claim, window, at: now)
            states.append(state)
            let need = request.demand.need(for: claim)
            guard !claim.shadow, !state.fits(need) else { continue }
            let instant = window.retryAt(need: need, claim: claim, now: now)
            if instant > retryAt {
                retryAt = instant
                binding = index
            }
        }
        return Refusal(
            states: states, binding: binding, requested: request.demand.need(for: request.claims[binding]),
            retryAfterMilliseconds: max(1, retryAt - now))
    }
}
