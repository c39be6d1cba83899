import Policy
import Synchronization

/// What each limit had left when the store was last heard, so that a replica knows its share while the store is away.
/// Bounded: when a generation is full, the one before it is forgotten.
final class HeadroomMemory: Sendable {
    struct Seen: Sendable, Hashable {
        let remaining: Int
        let resetsAt: Int

        /// When the limit is whole again, if as far as is known it has no room for a request that needs so much now;
        /// else nil.
        func reset(ifExhaustedFor need: Int, _ claim: LimitClaim, at now: Int) -> Int? {
            claim.shadow || claim.counter.resource == .concurrency || now >= resetsAt || need <= remaining
                ? nil : resetsAt
        }
    }

    private struct Generations {
        var young: [LimitCounter: Seen] = [:]
        var old: [LimitCounter: Seen] = [:]
    }

    private final class Part: Sendable {
        let generations = Mutex(Generations())
    }

    /// By tenant, so that no lock is shared by all.
    private let parts: [Part]
    private let capacityOfPart: Int

    /// - Parameter capacity: counters per generation.
    init(capacity: Int = 65_536) {
        parts = (0..<16).map { _ in Part() }
        capacityOfPart = max(1, capacity / 16)
    }

    func remember(_ states: [LimitState], of tenant: LimitTenant) {
        part(of: tenant).generations.withLock { generations in
            for state in states where !state.shadow {
                if generations.young.count >= capacityOfPart {
                    generations.old = generations.young
                    generations.young = [:]
                }
                generations.young[state.counter] = Seen(remaining: state.remaining, resetsAt: state.resetsAt)
            }
        }
    }

    func seen(_ counter: LimitCounter, by tenant: LimitTenant) -> Seen? {
        part(of: tenant).generations.withLock { $0.young[counter] ?? $0.old[counter] }
    }

    private func part(of tenant: LimitTenant) -> Part { parts[tenant.hash & 15] }
}
