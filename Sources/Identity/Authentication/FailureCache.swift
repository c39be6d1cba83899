import Storage
import Synchronization

/// Credentials refused a moment ago, so that a client that keeps trying costs neither signatures nor
/// look-ups. Bounded and short-lived: a flood of different bad credentials only empties it.
final class FailureCache: Sendable {
    private struct Entry {
        let failure: AuthenticationFailure
        let until: Timestamp
    }

    private let entries = Mutex<[TokenDigest: Entry]>([:])
    private let capacity: Int
    private let lifetimeMilliseconds: Int

    init(capacity: Int, lifetimeMilliseconds: Int) {
        self.capacity = max(1, capacity)
        self.lifetimeMilliseconds = lifetimeMilliseconds
    }

    func failure(_ digest: TokenDigest, now: Timestamp) -> AuthenticationFailure? {
        entries.withLock { entries in
            guard let entry = entries[digest] else { return nil }
            guard now < entry.until else {
                entries[digest] = nil
                return nil
            }
            return entry.failure
        }
    }

    /// Infrastructure failures are never remembered: they say nothing about the credential.
    func insert(_ failure: AuthenticationFailure, for digest: TokenDigest, now: Timestamp) {
        guard !failure.isInfrastructure else { return }
        var until = now.adding(milliseconds: lifetimeMilliseconds)
        if case .notYetValid(let from) = failure.reason { until = min(until, from) }
        entries.withLock { entries in
            if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
            entries[digest] = Entry(failure: failure, until: until)
        }
    }

    func removeAll() {
        entries.withLock { $0.removeAll() }
    }

    var count: Int {
        entries.withLock { $0.count }
    }
}
