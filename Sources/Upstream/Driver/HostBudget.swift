import DequeModule
import Synchronization

/// The number of transfers that may be busy at one origin at a time, over all drivers. First come, first served.
///
/// While the origin speaks HTTP/1.1 (or is not known yet) a transfer is a connection. Over HTTP/2 a connection
/// carries several, so the number is multiplied; as every driver has connections of its own, the number of
/// connections can then exceed the limit by less than one per driver.
final class HostBudget: Sendable {
    private struct State {
        var capacity: Int
        var inUse = 0
        var waiting: Deque<Transfer> = []
    }

    private let connections: Int
    private let state: Mutex<State>

    init(connections: Int) {
        self.connections = max(1, connections)
        self.state = Mutex(State(capacity: max(1, connections)))
    }

    var limit: Int { self.connections }

    /// True when the transfer may start. Otherwise it is in the queue, and its driver will receive
    /// ``Command/granted(_:)`` unless it ``withdraw(_:)``s first.
    func acquire(for transfer: Transfer) -> Bool {
        self.state.withLock { state in
            if state.inUse < state.capacity {
                state.inUse += 1
                return true
            }
            state.waiting.append(transfer)
            return false
        }
    }

    /// Gives a place back: to the first in the queue if there is one. That one is to be told.
    func release() -> Transfer? {
        self.state.withLock { state in
            if let next = state.waiting.popFirst() { return next }
            state.inUse = max(0, state.inUse - 1)
            return nil
        }
    }

    /// Leaves the queue. False when the transfer is not in it (any more): then a grant is on its way.
    func withdraw(_ transfer: Transfer) -> Bool {
        self.state.withLock { state in
            // Those that give up are usually those that have waited longest, so this finds them at the front.
            guard let index = state.waiting.firstIndex(where: { $0 === transfer }) else { return false }
            state.waiting.remove(at: index)
            return true
        }
    }

    /// The origin has turned out to speak HTTP/2. Returns the transfers that may start now.
    func widen(streamsPerConnection: Int) -> [Transfer] {
        self.state.withLock { state in
            state.capacity = max(state.capacity, self.connections.multipliedClamping(by: streamsPerConnection))
            var granted: [Transfer] = []
            while state.inUse < state.capacity, let next = state.waiting.popFirst() {
                state.inUse += 1
                granted.append(next)
            }
            return granted
        }
    }
}

extension Int {
    fileprivate func multipliedClamping(by other: Int) -> Int {
        let (product, overflow) = self.multipliedReportingOverflow(by: other)
        return overflow ? .max : product
    }
}
