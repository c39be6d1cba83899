package import NIOCore
import RedisClient

extension RedisLimitStore {
    /// Calls under way at a time when many tenants are looked after.
    private static let concurrentCalls = 32
    /// How long a sweeper may take for the tenants it took, before another one looks at them, milliseconds.
    private static let duePeriod = 5000
    private static let duePerCall = 500
    private static let callsPerSweep = 40

    package func renew(
        _ reservations: [Reservation], leaseMilliseconds: Int, on loop: any EventLoop
    ) async -> RenewOutcome {
        var parts: [LimitTenant: [Reservation]] = [:]
        var outcome = RenewOutcome()
        var failed: Set<ReservationID> = []
        for reservation in reservations where !reservation.holdings.isEmpty {
            do throws(LimitStoreFailure) {
                let groups = try ClaimGroups(reservation.claims, of: reservation.tenant)
                if groups.hasGlobal { parts[.global, default: []].append(reservation) }
                if groups.hasOwn { parts[reservation.tenant, default: []].append(reservation) }
            } catch {
                outcome.failure = error
                failed.insert(reservation.id)
            }
        }
        let batches = parts.flatMap { owner, part in
            stride(from: 0, to: part.count, by: Self.renewedPerCall).map {
                (owner, part[$0..<min($0 + Self.renewedPerCall, part.count)])
            }
        }
        let lease = ReservationRequest.clampedLease(leaseMilliseconds)
        let results = await Self.each(of: batches) { owner, batch -> ([ReservationID], LimitStoreFailure?) in
            do throws(LimitStoreFailure) {
                try await self.renew(batch, of: owner, leaseMilliseconds: lease, on: loop)
                return ([], nil)
            } catch {
                return (batch.map(\.id), error)
            }
        }
        for (ids, failure) in results {
            failed.formUnion(ids)
            outcome.failure = outcome.failure ?? failure
        }
        outcome.renewed = reservations.map(\.id).filter { !failed.contains($0) }
        return outcome
    }

    package func sweep(on loop: any EventLoop) async throws(LimitStoreFailure) -> Int {
        var freed = (try? await sweep(.global, on: loop))?.freed ?? 0
        for _ in 0..<Self.callsPerSweep {
            let reply = try await evaluate(
                LimitScripts.due, Self.indexKeys,
                [override, .integer(Self.duePerCall), .integer(Self.duePeriod)], on: loop)
            guard let elements = reply.elements, let mine = elements.first?.integer else { throw Self.unreadable }
            let names = elements.dropFirst().compactMap(\.string)
            if names.isEmpty { return freed }
            let results = await Self.each(of: names) { name in
                // One that fails is due again when the time is over.
                (name, try? await self.sweep(LimitTenant(name), on: loop))
            }
            let latest = min(longestUnseen, touches.shortestLease)
            var arguments: [RedisArgument] = [override, .integer(mine), .integer(latest)]
            for (name, result) in results {
                guard let result else { continue }
                freed += result.freed
                arguments.append(.string(name))
                arguments.append(.integer(result.next))
            }
            _ = try await number(LimitScripts.seen, Self.indexKeys, arguments, on: loop)
            if names.count < Self.duePerCall { return freed }
        }
        return freed
    }

    /// Frees what has ended of one owner. `next`: when the next lease ends, or -1.
    private func sweep(
        _ owner: LimitTenant, on loop: any EventLoop
    ) async throws(LimitStoreFailure) -> (freed: Int, next: Int) {
        var freed = 0
        while true {
            // Some at a time, because a script keeps everybody else waiting.
            let reply = try await evaluate(
                LimitScripts.sweep, [owner.reservationsKey, owner.leasesKey, owner.lapsedKey],
                [override, .integer(Self.sweptPerCall)], on: loop)
            guard let elements = reply.elements, elements.count == 2, let count = elements[0].integer,
                let next = elements[1].integer
            else { throw Self.unreadable }
            freed += count
            if count < Self.sweptPerCall { return (freed, next) }
        }
    }

    private func renew(
        _ batch: ArraySlice<Reservation>, of owner: LimitTenant, leaseMilliseconds lease: Int, on loop: any EventLoop
    ) async throws(LimitStoreFailure) {
        let isDue = !owner.isGlobal && touches.isDue(owner, lease: lease, at: clock())
        let group = [owner.reservationsKey, owner.leasesKey, owner.lapsedKey]
        let notes = isDue && !runner.isCluster
        let arguments: [RedisArgument] =
            [override, .integer(lease), .string(notes ? owner.name : "")] + batch.map { .bytes($0.id.bytes) }
        let ended: [Int]
        do throws(LimitStoreFailure) {
            let reply = try await evaluate(
                LimitScripts.renew, notes ? group + Self.indexKeys : group, arguments, on: loop)
            guard let elements = reply.elements else { throw Self.unreadable }
            ended = elements.compactMap(\.integer).filter { $0 >= 0 && $0 < batch.count }
        } catch {
            if isDue { touches.forget(owner) }
            throw error
        }
        if isDue, runner.isCluster { await touch(owner, lease: lease, on: loop) }
        for start in stride(from: 0, to: ended.count, by: Self.heldAgainPerCall) {
            var arguments: [RedisArgument] = [override, .integer(lease)]
            for index in ended[start..<min(start + Self.heldAgainPerCall, ended.count)] {
                let reservation = batch[batch.startIndex + index]
                arguments.append(.bytes(reservation.id.bytes))
                arguments.append(.bytes(Self.record(of: reservation, owner)))
            }
            _ = try await number(LimitScripts.holdAgain, group, arguments, on: loop)
        }
    }

    /// What the scripts keep of a reservation: its holdings on the counters of one owner.
    private static func record(of reservation: Reservation, _ owner: LimitTenant) -> [UInt8] {
        var text: [UInt8] = []
        for (claim, holding) in zip(reservation.claims, reservation.holdings)
        where claim.isGlobal == owner.isGlobal {
            text += Array(claim.counter.name.utf8)
            text.append(UInt8(ascii: " "))
            text.append(decimal: holding.bucket)
            text.append(decimal: holding.until)
            text.append(decimal: holding.amount)
            text.append(decimal: claim.counter.length)
        }
        if text.last == UInt8(ascii: " ") { text.removeLast() }
        return text
    }

    /// Runs a call for each item, some at a time. In no order.
    private static func each<Item: Sendable, Result: Sendable>(
        of items: [Item], _ call: @escaping @Sendable (Item) async -> Result
    ) async -> [Result] {
        var results: [Result] = []
        results.reserveCapacity(items.count)
        await withTaskGroup { group in
            var waiting = items.makeIterator()
            for _ in 0..<concurrentCalls {
                guard let item = waiting.next() else { break }
                group.addTask { await call(item) }
            }
            for await result in group {
                results.append(result)
                if let item = waiting.next() { group.addTask { await call(item) } }
            }
        }
        return results
    }
}
