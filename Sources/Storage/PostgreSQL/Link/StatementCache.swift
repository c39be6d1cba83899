/// Which statements a connection has prepared, by their text and the types of their parameters. Bounded: the one used
/// longest ago gives way.
struct StatementCache {
    struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    enum Plan: Equatable {
        /// Prepared under this name.
        case known(String)
        /// To be prepared under this name, after giving up another one if the cache is full.
        case new(String, evicted: String?)
        /// Not worth a name.
        case once
    }

    private struct Entry {
        let name: String
        var lastUse: Int
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private var names = 0

    init(capacity: Int) {
        self.capacity = max(0, capacity)
    }

    /// How to run a statement. Nothing is remembered until ``prepared(_:as:)``.
    mutating func plan(for key: Key) -> Plan {
        uses += 1
        if let name = entries[key]?.name {
            entries[key]?.lastUse = uses
            return .known(name)
        }
        guard capacity > 0, Self.isReusable(key.text) else { return .once }
        names += 1
        let oldest = entries.count < capacity ? nil : entries.min { $0.value.lastUse < $1.value.lastUse }
        return .new("s\(names)", evicted: oldest?.value.name)
    }

    /// The server has prepared the statement.
    mutating func prepared(_ key: Key, as name: String) {
        entries[key] = Entry(name: name, lastUse: uses)
    }

    /// The server has given the statement up.
    mutating func evicted(_ name: String) {
        if let key = entries.first(where: { $0.value.name == name })?.key { entries[key] = nil }
    }

    /// Forgets all; names are not used again.
    mutating func removeAll() {
        entries = [:]
    }

    /// Schema changes run once; remembering them would push out what runs all day.
    private static func isReusable(_ text: String) -> Bool {
        let space = [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t")]
        let word = text.utf8.drop { space.contains($0) }.prefix { !space.contains($0) }
        return ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"].contains { $0.utf8.elementsEqual(word) }
    }
}
