/// A table of bounded size whose entries end at a given time. When it is full of entries that have not ended, the half
/// that was not used for longest is forgotten.
struct ExpiringTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value
        let end: Int
    }

    /// Per generation.
    private let capacity: Int
    private var young: [Key: Entry] = [:]
    private var old: [Key: Entry] = [:]

    init(capacity: Int) {
        self.capacity = max(1, capacity / 2)
    }

    /// Entries in memory, ended or not.
    var count: Int { young.count + old.count }

    mutating func value(of key: Key, at now: Int) -> Value? {
        if let entry = young[key] { return entry.end > now ? entry.value : nil }
        guard !old.isEmpty, let entry = old.removeValue(forKey: key), entry.end > now else { return nil }
        insert(entry, for: key, at: now)
        return entry.value
    }

    mutating func set(_ value: Value, for key: Key, until end: Int, at now: Int) {
        old.removeValue(forKey: key)
        insert(Entry(value: value, end: end), for: key, at: now)
    }

    private mutating func insert(_ entry: Entry, for key: Key, at now: Int) {
        if young.count >= capacity, young[key] == nil {
            young = young.filter { $0.value.end > now }
            // Only with much room gained is this not done again soon.
            if young.count > capacity / 2 {
                old = young
                young = [:]
            }
        }
        young[key] = entry
    }
}
