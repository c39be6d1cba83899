import Synchronization

/// Where the keeper lays the next segment ready for a lane.
final class LaneSlot: Sendable {
    private struct State {
        var spare: OutboxSegment?
        /// The lane found nothing here, and has told the keeper.
        var isAwaited = false
        var isOpen = true
    }

    private let state = Mutex(State())
    /// The lane had to refuse a record and has not got a segment since.
    let isFull = Atomic(false)
    /// No next segment can be made.
    let isLow = Atomic(false)
    let refused = Atomic(0)

    enum Taken {
        case segment(OutboxSegment)
        /// None; `isFirst` when the keeper should be told.
        case none(isFirst: Bool)
        case closed
    }

    var needsSpare: Bool { state.withLock { $0.isOpen && $0.spare == nil } }

    func take() -> Taken {
        state.withLock { state in
            guard state.isOpen else { return .closed }
            if let spare = state.spare {
                state.spare = nil
                return .segment(spare)
            }
            // Inside the lock: set after an offer it would stay, and could keep away those who would clear it.
            isFull.store(true, ordering: .relaxed)
            refused.wrappingAdd(1, ordering: .relaxed)
            defer { state.isAwaited = true }
            return .none(isFirst: !state.isAwaited)
        }
    }

    /// False when the lane has been closed meanwhile.
    func offer(_ segment: OutboxSegment) -> Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            state.spare = segment
            state.isAwaited = false
            isLow.store(false, ordering: .relaxed)
            isFull.store(false, ordering: .relaxed)
            return true
        }
    }

    /// Nothing is taken from here any more. Answers the segment that nobody needs now.
    func close() -> OutboxSegment? {
        state.withLock { state in
            state.isOpen = false
            defer { state.spare = nil }
            return state.spare
        }
    }
}
