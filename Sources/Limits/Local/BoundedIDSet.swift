import DequeModule

/// Remembers ids for a day, and at most so many: at the bound the oldest is forgotten. Times in milliseconds, by a clock
/// that never goes back.
struct BoundedIDSet {
    static let lifetime = 86_400_000

    private let capacity: Int
    private var times: [ReservationID: Int] = [:]
    private var order: Deque<(id: ReservationID, time: Int)> = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var isEmpty: Bool { times.isEmpty }

    /// Answers false when the id was there already.
    mutating func insert(_ id: ReservationID, at now: Int) -> Bool {
        forget(before: now - Self.lifetime)
        guard times[id] == nil else { return false }
        if times.count >= capacity || order.count >= 2 * capacity { makeRoom() }
        times[id] = now
        order.append((id, now))
        return true
    }

    func contains(_ id: ReservationID) -> Bool { times[id] != nil }

    /// Answers whether the id was there.
    mutating func remove(_ id: ReservationID) -> Bool {
        // Its place in the order stays until it would have been forgotten.
        times.removeValue(forKey: id) != nil
    }

    mutating func forget(before limit: Int) {
        while let first = order.first, first.time <= limit { dropOldest() }
    }

    private mutating func makeRoom() {
        // Those that were removed still have their place: when they are many, it is given to others.
        if order.count >= 2 * capacity { order.removeAll { times[$0.id] != $0.time } }
        while times.count >= capacity, !order.isEmpty { dropOldest() }
    }

    private mutating func dropOldest() {
        guard let first = order.popFirst() else { return }
        if times[first.id] == first.time { times.removeValue(forKey: first.id) }
    }
}
