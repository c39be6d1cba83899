import Synchronization

/// Decides for `every=N` and `first=N` whether a spec counts for this request.
final class SpecGate: Sendable {
    /// More different specs than this start counting anew.
    private static let maxSpecs = 4096

    private let counts = Mutex<[FakeBehaviour: Int]>([:])

    func admits(_ behaviour: FakeBehaviour) -> Bool {
        guard behaviour.every != nil || behaviour.first != nil else { return true }
        let count = counts.withLock { counts in
            if counts.count > Self.maxSpecs { counts = [:] }
            counts[behaviour, default: 0] += 1
            return counts[behaviour] ?? 1
        }
        if let every = behaviour.every, every > 0, count % every != 0 { return false }
        return behaviour.first.map { count <= $0 } ?? true
    }

    func clear() {
        counts.withLock { $0 = [:] }
    }
}
