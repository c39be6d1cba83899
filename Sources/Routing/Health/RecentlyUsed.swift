/// A dictionary with a bound: at the bound an eighth goes, what was not used for longest first.
struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var value: Value
        var used: Int
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses = 0

    init(capacity: Int) {
        self.capacity = max(8, capacity)
    }

    var count: Int { entries.count }
    var values: [Value] { entries.values.map(\.value) }

    subscript(key: Key) -> Value? {
        mutating get {
            guard let index = entries.index(forKey: key) else { return nil }
            uses += 1
            entries.values[index].used = uses
            return entries.values[index].value
        }
    }

    /// - Parameter isPrecious: kept as long as others can go.
    mutating func insert(_ value: Value, for key: Key, isPrecious: (Value) -> Bool) {
        if entries.count >= capacity, entries[key] == nil {
            let order = entries.map { (key: $0.key, used: $0.value.used, isPrecious: isPrecious($0.value.value)) }
                .sorted { ($0.isPrecious ? 1 : 0, $0.used) < ($1.isPrecious ? 1 : 0, $1.used) }
            for entry in order.prefix(capacity / 8) { entries.removeValue(forKey: entry.key) }
        }
        uses += 1
        entries[key] = Entry(value: value, used: uses)
    }
}
