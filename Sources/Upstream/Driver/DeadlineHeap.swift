/// The next deadline of every open call: a binary heap over small slot numbers, with removal and change by slot.
///
/// Values only, no references, so that moving entries costs no reference counting.
struct DeadlineHeap: Sendable {
    private struct Entry {
        var at: Int64
        var slot: Int
    }

    private var entries: [Entry] = []
    /// Index into `entries` by slot; -1 for none.
    private var positions: [Int] = []

    var isEmpty: Bool { self.entries.isEmpty }
    var count: Int { self.entries.count }
    /// The earliest deadline.
    var next: Int64? { self.entries.first?.at }

    /// Sets the deadline of a slot, adding the slot when it is new.
    mutating func set(_ slot: Int, at time: Int64) {
        guard slot >= 0 else { return }
        while self.positions.count <= slot { self.positions.append(-1) }
        let position = self.positions[slot]
        if position < 0 {
            self.entries.append(Entry(at: time, slot: slot))
            self.positions[slot] = self.entries.count - 1
            self.siftUp(from: self.entries.count - 1)
        } else {
            let before = self.entries[position].at
            self.entries[position].at = time
            if time < before { self.siftUp(from: position) } else { self.siftDown(from: position) }
        }
    }

    mutating func remove(_ slot: Int) {
        guard self.positions.indices.contains(slot), self.positions[slot] >= 0 else { return }
        let position = self.positions[slot]
        self.positions[slot] = -1
        let last = self.entries.removeLast()
        guard position < self.entries.count else { return }
        self.place(last, at: position)
        self.siftUp(from: position)
        self.siftDown(from: self.positions[last.slot])
    }

    /// Removes and returns the slot with the earliest deadline if that has come.
    mutating func popDue(now: Int64) -> Int? {
        guard let first = self.entries.first, first.at <= now else { return nil }
        self.remove(first.slot)
        return first.slot
    }

    private mutating func place(_ entry: Entry, at position: Int) {
        self.entries[position] = entry
        self.positions[entry.slot] = position
    }

    private mutating func siftUp(from start: Int) {
        var position = start
        let entry = self.entries[position]
        while position > 0 {
            let parent = (position - 1) / 2
            guard entry.at < self.entries[parent].at else { break }
            self.place(self.entries[parent], at: position)
            position = parent
        }
        self.place(entry, at: position)
    }

    private mutating func siftDown(from start: Int) {
        var position = start
        let entry = self.entries[position]
        while true {
            var child = 2 * position + 1
            guard child < self.entries.count else { break }
            if child + 1 < self.entries.count, self.entries[child + 1].at < self.entries[child].at { child += 1 }
            guard self.entries[child].at < entry.at else { break }
            self.place(self.entries[child], at: position)
            position = child
        }
        self.place(entry, at: position)
    }
}
