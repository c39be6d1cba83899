import Synchronization

/// All segments of an outbox, oldest first.
final class SegmentShelf: Sendable {
    private struct State {
        var segments: [OutboxSegment]
        /// Applied, but not deleted yet. They count against the bound until they are.
        var doomed: [OutboxSegment] = []
        var nextSequence: Int
        var troubles = OutboxTroubles()
    }

    private let state: Mutex<State>
    let maxBytes: Int

    /// - Parameter segments: in order.
    init(segments: [OutboxSegment], nextSequence: Int, maxBytes: Int) {
        self.state = Mutex(State(segments: segments, nextSequence: nextSequence))
        self.maxBytes = maxBytes
    }

    var segments: [OutboxSegment] { state.withLock { $0.segments } }
    var doomed: [OutboxSegment] { state.withLock { $0.doomed } }
    var troubles: OutboxTroubles { state.withLock { $0.troubles } }

    func note(_ trouble: OutboxError?, _ kind: any WritableKeyPath<OutboxTroubles, OutboxError?> & Sendable) {
        state.withLock { $0.troubles[keyPath: kind] = trouble }
    }

    /// What all files take on the disk, in whole blocks, so that their number is bounded too.
    var fileBytes: Int { state.withLock { Self.fileBytes($0) } }

    private static func fileBytes(_ state: State) -> Int {
        var sum = 0
        for list in [state.segments, state.doomed] {
            for segment in list { sum += (segment.fileBytes.load(ordering: .relaxed) + 4095) & ~4095 }
        }
        return sum
    }

    /// The number for a new segment, if there is room for it.
    func number(forBytes bytes: Int) throws(OutboxError) -> Int {
        try state.withLock { state throws(OutboxError) in
            guard Self.fileBytes(state) + bytes <= maxBytes, state.nextSequence < SegmentName.sequenceLimit else {
                throw .atBound(bytes: maxBytes)
            }
            defer { state.nextSequence += 1 }
            return state.nextSequence
        }
    }

    /// Adds one with a number from ``number(forBytes:)``. Numbers are given out and added by one thread, so the order
    /// holds.
    func add(_ segment: OutboxSegment) {
        state.withLock { $0.segments.append(segment) }
    }

    func segment(_ sequence: Int) -> OutboxSegment? {
        state.withLock { state in
            var low = 0
            var high = state.segments.count
            while low < high {
                let middle = (low + high) / 2
                if state.segments[middle].name.sequence < sequence { low = middle + 1 } else { high = middle }
            }
            return low < state.segments.count && state.segments[low].name.sequence == sequence
                ? state.segments[low] : nil
        }
    }

    /// Moves what has been applied to the segments that are to be deleted.
    func retireApplied() {
        state.withLock { state in
            // Asked once each: a segment that is applied meanwhile must not get lost between the two lists.
            let applied = state.segments.filter(\.isApplied)
            guard !applied.isEmpty else { return }
            let gone = Set(applied.map { ObjectIdentifier($0) })
            state.segments.removeAll { gone.contains(ObjectIdentifier($0)) }
            state.doomed += applied
        }
    }

    func deleted(_ segment: OutboxSegment) {
        state.withLock { $0.doomed.removeAll { $0 === segment } }
    }
}
