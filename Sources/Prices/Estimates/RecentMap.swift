/// A map with a bound: a new key beyond it takes the place of the one that was not used for longest.
///
/// Every operation takes constant time: a doubly linked list through an array keeps the order of use.
struct RecentMap<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot {
        var key: Key
        var value: Value
        var newer: Int
        var older: Int
    }

    private static var none: Int { -1 }

    private let capacity: Int
    private var slots: [Slot] = []
    private var places: [Key: Int] = [:]
    private var newest = -1
    private var oldest = -1

    init(capacity: Int) {
        self.capacity = max(1, capacity)
    }

    var count: Int { slots.count }

    /// The value without counting as use.
    func peek(_ key: Key) -> Value? {
        places[key].map { slots[$0].value }
    }

    /// The value; the key becomes the most recently used.
    mutating func value(_ key: Key) -> Value? {
        guard let place = places[key] else { return nil }
        touch(place)
        return slots[place].value
    }

    /// Changes the value of a key, which becomes the most recently used; a new key starts from `initial`.
    mutating func update(_ key: Key, initial: Value, _ change: (inout Value) -> Void) {
        let place: Int
        if let known = places[key] {
            place = known
            touch(place)
        } else {
            place = insert(key, initial)
        }
        change(&slots[place].value)
    }

    private mutating func insert(_ key: Key, _ value: Value) -> Int {
        let place: Int
        if slots.count < capacity {
            place = slots.count
            slots.append(Slot(key: key, value: value, newer: Self.none, older: Self.none))
        } else {
            place = oldest
            places[slots[place].key] = nil
            unlink(place)
            slots[place] = Slot(key: key, value: value, newer: Self.none, older: Self.none)
        }
        places[key] = place
        linkNewest(place)
        return place
    }

    private mutating func touch(_ place: Int) {
        guard place != newest else { return }
        unlink(place)
        linkNewest(place)
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (slots[place].newer, slots[place].older)
        if newer == Self.none { newest = older } else { slots[newer].older = older }
        if older == Self.none { oldest = newer } else { slots[older].newer = newer }
    }

    private mutating func linkNewest(_ place: Int) {
        slots[place].newer = Self.none
        slots[place].older = newest
        if newest != Self.none { slots[newest].newer = place }
        newest = place
        if oldest == Self.none { oldest = place }
    }
}
