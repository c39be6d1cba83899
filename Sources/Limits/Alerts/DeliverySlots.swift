import Synchronization

/// How many webhooks are called at the same time, in all and for each URL, and how many may be under way at all. A URL
/// that is slow only holds up itself.
final class DeliverySlots: Sendable {
    private struct Waiter {
        let id: Int
        let url: String
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// Admitted and not ended: in flight, waiting for a slot or for the next attempt.
        var open: [String: Int] = [:]
        var openTotal = 0
        var inFlight: [String: Int] = [:]
        var inFlightTotal = 0
        /// In the order they came. None of them could have a slot now.
        var waiters: [Waiter] = []
        var lastID = 0
    }

    private let limits: DeliveryLimits
    private let state = Mutex(State())

    init(_ limits: DeliveryLimits) {
        self.limits = limits
    }

    /// Lets a delivery in, until ``leave(_:)``; false when there are too many already.
    func admit(_ url: String) -> Bool {
        state.withLock {
            guard $0.openTotal < limits.open, $0.open[url, default: 0] < limits.openPerURL else { return false }
            $0.openTotal += 1
            $0.open[url, default: 0] += 1
            return true
        }
    }

    func leave(_ url: String) {
        state.withLock {
            $0.openTotal -= 1
            Self.decrement(&$0.open, url)
        }
    }

    /// Waits for a slot, to be given back by ``release(_:)``; false, without one, when the task is cancelled.
    func acquire(_ url: String) async -> Bool {
        let id = state.withLock {
            $0.lastID += 1
            return $0.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome: Bool? = state.withLock {
                    if Task.isCancelled { return false }
                    if take(url, &$0) { return true }
                    $0.waiters.append(Waiter(id: id, url: url, continuation: continuation))
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    func release(_ url: String) {
        let granted = state.withLock { state in
            state.inFlightTotal -= 1
            Self.decrement(&state.inFlight, url)
            var granted: [Waiter] = []
            state.waiters.removeAll { waiter in
                guard take(waiter.url, &state.inFlight, &state.inFlightTotal) else { return false }
                granted.append(waiter)
                return true
            }
            return granted
        }
        for waiter in granted { waiter.continuation.resume(returning: true) }
    }

    private func take(_ url: String, _ state: inout State) -> Bool {
        take(url, &state.inFlight, &state.inFlightTotal)
    }

    private func take(_ url: String, _ inFlight: inout [String: Int], _ total: inout Int) -> Bool {
        guard total < limits.inFlight, inFlight[url, default: 0] < limits.inFlightPerURL else { return false }
        total += 1
        inFlight[url, default: 0] += 1
        return true
    }

    private static func decrement(_ counts: inout [String: Int], _ url: String) {
        let left = counts[url, default: 0] - 1
        counts[url] = left > 0 ? left : nil
    }
}
