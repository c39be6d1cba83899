import NIOCore
import RedisClient

extension RedisLimitStore {
    /// One script call for everything.
    func reserve(
        _ request: ReservationRequest, _ groups: ClaimGroups, noting isDue: Bool, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        let notes = isDue && !runner.isCluster
        let keys = groups.keys(third: \.lapsedKey, request.claims, last: notes ? Self.indexKeys : [])
        var arguments: [RedisArgument] = []
        arguments.reserveCapacity(10 + request.claims.count)
        arguments.append(.bytes(request.id.bytes))
        arguments.append(.integer(request.leaseMilliseconds))
        arguments.append(override)
        arguments.append(.integer(groups.count))
        arguments.append(.string(notes ? request.tenant.name : ""))
        arguments.append(.integer(maxSubjects))
        arguments.append(.integer(request.demand.tokens.need))
        arguments.append(.integer(request.demand.tokens.want))
        arguments.append(.integer(request.demand.cost.need))
        arguments.append(.integer(request.demand.cost.want))
        for claim in request.claims { arguments.append(.string(claim.text)) }
        guard case .bulk(let bytes) = try await evaluate(LimitScripts.reserve, keys, arguments, on: loop) else {
            throw Self.unreadable
        }
        return try Self.outcome(of: request, bytes)
    }

    /// Two calls, for a cluster: the global counters, then the tenant's.
    func reserveApart(
        _ request: ReservationRequest, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> ReserveOutcome {
        let global = request.part(request.claims.filter(\.isGlobal), request.demand)
        let claims = request.claims.filter { !$0.isGlobal }
        let first: Reservation
        switch try await reserve(global, on: loop) {
        case .admitted(let reservation): first = reservation
        case .refused(let refusal):
            // What the tenant's limits say is for show: they cannot change the answer, and neither can their failure.
            guard let own = try? await inspect(claims, tenant: request.tenant, on: loop) else {
                return .refused(refusal)
            }
            let judged = own.map { $0.judged(need: request.demand.need(for: $0.claim)) }
            return .refused(refusal.joined(request, global: refusal.states, own: judged, bindsGlobal: true))
        }
        let rest = LimitDemand(
            tokens: .init(need: request.demand.tokens.need, want: first.tokens),
            cost: .init(need: request.demand.cost.need, want: first.cost))
        let outcome: ReserveOutcome
        do throws(LimitStoreFailure) {
            outcome = try await reserve(request.part(claims, rest), on: loop)
        } catch {
            await release(first, on: loop)
            throw error
        }
        switch outcome {
        case .admitted(let second): return .admitted(first.joined(second, request))
        case .refused(let refusal):
            await release(first, on: loop)
            let states = zip(first.states, first.holdings).map { $0.without($1) }
            return .refused(refusal.joined(request, global: states, own: refusal.states, bindsGlobal: false))
        }
    }

    /// Gives back the first half of a request that was not admitted. When that fails, its lease ends.
    private func release(_ reservation: Reservation, on loop: any EventLoop) async {
        _ = try? await settle(reservation, actuals: .nothing, on: loop)
    }

    static func outcome(of request: ReservationRequest, _ bytes: [UInt8]) throws(LimitStoreFailure) -> ReserveOutcome {
        var numbers = ReplyNumbers(bytes)
        switch numbers.next() {
        case 1:
            return .admitted(try admission(of: request, &numbers))
        case 0:
            guard let now = numbers.next(), let binding = numbers.next(), let retryAt = numbers.next(),
                binding < request.claims.count
            else { throw unreadable }
            let states = try LimitState.read(request.claims, from: &numbers).map {
                $0.judged(need: request.demand.need(for: $0.claim))
            }
            return .refused(
                Refusal(
                    states: states, binding: binding, requested: request.demand.need(for: request.claims[binding]),
                    retryAfterMilliseconds: max(1, retryAt - now)))
        case 2: throw .full
        case 3: throw .invalid("the id is in use")
        default: throw unreadable
        }
    }

    private static func admission(
        of request: ReservationRequest, _ numbers: inout ReplyNumbers
    ) throws(LimitStoreFailure) -> Reservation {
        guard numbers.next() != nil, let tokens = numbers.next(), let cost = numbers.next() else { throw unreadable }
        var claims = request.claims
        var states: [LimitState] = []
        var holdings: [Holding] = []
        states.reserveCapacity(request.claims.count)
        holdings.reserveCapacity(request.claims.count)
        for (index, claim) in request.claims.enumerated() {
            let state = try LimitState.read(claim, from: &numbers)
            guard let bucket = numbers.next(), let until = numbers.next() else { throw unreadable }
            let amount = claim.amount(tokens: tokens, cost: cost)
            if state.claim !== claim { claims[index] = state.claim }
            // An enforced limit had room.
            states.append(claim.shadow ? state.judged(need: request.demand.need(for: claim), holding: amount) : state)
            holdings.append(Holding(bucket: bucket, until: until, amount: amount))
        }
        return Reservation(
            id: request.id, tenant: request.tenant, claims: claims, holdings: holdings, states: states,
            tokens: tokens, cost: cost)
    }
}
