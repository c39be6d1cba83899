/// Names of all open objects of a document, to find duplicates at every level.
///
/// One stack of names serves all levels. An object with few members is searched linearly; from
/// `linearLimit` on it gets a hash table, so that a hostile object with 100,000 members costs linear time.
/// Hashes are seeded per process, so collisions cannot be prepared.
struct MemberNames {
    struct Name {
        var range: Range<Int>
        var escaped: Bool
    }

    private struct Level {
        var first: Int
        var isObject: Bool
        var isHashed = false
    }

    private static let linearLimit = 16

    private var levels: [Level] = []
    private var names: [Name] = []
    private var tables: [NameTable] = []

    init() {
        levels.reserveCapacity(8)
        names.reserveCapacity(24)
    }

    var depth: Int { levels.count }

    /// Whether the innermost open value is an object; false at the top.
    var isInObject: Bool { levels.last?.isObject ?? false }

    mutating func open(isObject: Bool) {
        levels.append(Level(first: names.count, isObject: isObject))
    }

    mutating func close() {
        guard let level = levels.popLast() else { return }
        if level.isHashed { tables.removeLast() }
        if level.isObject { names.removeSubrange(level.first...) }
    }

    /// Adds a name to the innermost object; false if the object has it already.
    mutating func add(_ name: Name, in view: ByteView) -> Bool {
        guard let level = levels.last else { return true }
        if names.count &- level.first < Self.linearLimit {
            for index in level.first..<names.count where Self.equal(names[index], name, in: view) {
                return false
            }
        } else {
            if !level.isHashed {
                levels[levels.count &- 1].isHashed = true
                tables.append(table(of: level, in: view))
            }
            guard tables[tables.count &- 1].insert(name, at: names.count, names: names, in: view) else { return false }
        }
        names.append(name)
        return true
    }

    private func table(of level: Level, in view: ByteView) -> NameTable {
        var table = NameTable()
        for index in level.first..<names.count {
            _ = table.insert(names[index], at: index, names: names, in: view)
        }
        return table
    }

    /// Compares what the names mean, not how they are spelled.
    static func equal(_ first: Name, _ second: Name, in view: ByteView) -> Bool {
        if !first.escaped, !second.escaped { return view.equal(first.range, second.range) }
        return view.unescaped(first.range) == view.unescaped(second.range)
    }
}

/// Open addressing over positions in the stack of names.
private struct NameTable {
    /// Eight bytes, so that even large tables stay in the processor's cache for long.
    private struct Slot {
        var hash: UInt32 = 0
        /// Position in the stack of names plus one; 0 is a free slot.
        var place: UInt32 = 0
    }

    private var slots: [Slot]
    private var used = 0

    init() {
        slots = Array(repeating: Slot(), count: 64)
    }

    /// False if an equal name is in the table.
    mutating func insert(
        _ name: MemberNames.Name, at index: Int, names: [MemberNames.Name], in view: ByteView
    ) -> Bool {
        if used &* 2 >= slots.count { grow() }
        let hash = Self.hash(of: name, in: view)
        let mask = slots.count &- 1
        var slot = Int(hash) & mask
        while slots[slot].place > 0 {
            if slots[slot].hash == hash,
                MemberNames.equal(names[Int(slots[slot].place) &- 1], name, in: view)
            {
                return false
            }
            slot = (slot &+ 1) & mask
        }
        slots[slot] = Slot(hash: hash, place: UInt32(truncatingIfNeeded: index &+ 1))
        used &+= 1
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count &* 4)
        let mask = slots.count &- 1
        for entry in old where entry.place > 0 {
            var slot = Int(entry.hash) & mask
            while slots[slot].place > 0 { slot = (slot &+ 1) & mask }
            slots[slot] = entry
        }
    }

    private static func hash(of name: MemberNames.Name, in view: ByteView) -> UInt32 {
        var hasher = Hasher()
        if name.escaped {
            view.unescaped(name.range).withByteView { $0.hash(0..<$0.count, into: &hasher) }
        } else {
            view.hash(name.range, into: &hasher)
        }
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
