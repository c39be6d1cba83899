import Synchronization

/// Tells the first settlement of a reservation from a repeated one, whatever copies of it there are.
final class SettlementMark: Sendable {
    private let isSet = Atomic(false)

    /// True for the first caller.
    func set() -> Bool { !isSet.exchange(true, ordering: .relaxed) }
}
