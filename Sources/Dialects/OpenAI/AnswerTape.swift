import WireJSON

/// Where the members of one answer or stream chunk lie that the relay has to look at.
///
/// A flat list in document order, filled by one validating scan and reused for every chunk of a stream:
/// a chunk that already keeps OpenAI's rules is checked and relayed without a tree and without allocation.
/// Values below the members that matter (log probabilities, annotations …) are validated but not listed.
struct AnswerTape {
    private var entries: [AnswerEntry] = []

    /// No answer lists more values than this; a body that does would take memory many times its size.
    private static let maxEntries = 1 << 20

    /// A chat answer of one choice has about so many.
    private static let usualEntries = 48

    init() {}

    /// The entry at a position that ``children(of:)`` or ``first(_:in:)`` gave; an empty one elsewhere.
    subscript(position: Int) -> AnswerEntry {
        entries.indices.contains(position) ? entries[position] : AnswerEntry()
    }

    /// The list for `bytes`, replacing what was there. Entry 0 is the document itself, an object.
    mutating func scan(_ bytes: [UInt8]) throws(AnswerFlaw) {
        entries.removeAll(keepingCapacity: true)
        if entries.capacity == 0 { entries.reserveCapacity(Self.usualEntries) }
        guard bytes.count < Int(Int32.max) else { throw .malformed }
        let span = bytes.span
        var position = JSONSkip.whitespace(span, 0)
        guard position < span.count else { throw .cut }
        guard span[position] == UInt8(ascii: "{") else { throw .malformed }
        try value(span, &position, key: .element, whole: position, level: .root)
        guard JSONSkip.whitespace(span, position) == span.count else { throw .malformed }
    }

    // MARK: Walking

    /// Positions of the entries directly below `parent`, in order.
    func children(of parent: Int) -> Children {
        guard entries.indices.contains(parent) else { return Children(tape: self, position: 0, end: 0) }
        return Children(tape: self, position: parent &+ 1, end: Int(entries[parent].next))
    }

    /// The direct member of `parent` with this key.
    func first(_ key: AnswerKey, in parent: Int) -> Int? {
        for child in children(of: parent) where self[child].key == key { return child }
        return nil
    }

    /// A whole number from 0 to 999,999,999; nil for every other value.
    func natural(_ position: Int, in bytes: [UInt8]) -> Int? {
        let entry = self[position]
        guard entry.kind == .number, 1...9 ~= entry.value.count, entry.value.upperBound <= bytes.count else {
            return nil
        }
        var number = 0
        for byte in bytes[entry.value] {
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            number = number &* 10 &+ Int(byte &- UInt8(ascii: "0"))
        }
        return number
    }

    struct Children: Sequence, IteratorProtocol {
        fileprivate let tape: AnswerTape
        fileprivate var position: Int
        fileprivate let end: Int

        /// More than one.
        var hasSeveral: Bool { position < end && tape[position].next < Int32(truncatingIfNeeded: end) }

        mutating func next() -> Int? {
            guard position < end, position < tape.entries.count else { return nil }
            defer { position = Int(tape.entries[position].next) }
            return position
        }
    }

    // MARK: Scanning

    private mutating func value(
        _ bytes: Span<UInt8>, _ position: inout Int, key: AnswerKey, whole: Int, level: AnswerLevel?
    ) throws(AnswerFlaw) {
        guard position < bytes.count else { throw .cut }
        guard entries.count < Self.maxEntries else { throw .malformed }
        let index = entries.count
        let start = Int32(truncatingIfNeeded: position)
        entries.append(AnswerEntry(key: key, whole: Int32(truncatingIfNeeded: whole), start: start, end: start))
        let kind: JSONKind
        switch (bytes[position], level) {
        case (UInt8(ascii: "{"), let level?) where !level.isArray:
            try object(bytes, &position, level: level)
            kind = .object
        case (UInt8(ascii: "["), let level?) where level.isArray:
            try array(bytes, &position, level: level)
            kind = .array
        default:
            kind = try JSONSkip.value(bytes, &position)
        }
        entries[index].kind = kind
        entries[index].end = Int32(truncatingIfNeeded: position)
        entries[index].next = Int32(truncatingIfNeeded: entries.count)
    }

    private mutating func object(
        _ bytes: Span<UInt8>, _ position: inout Int, level: AnswerLevel
    ) throws(AnswerFlaw) {
        position = JSONSkip.whitespace(bytes, position &+ 1)
        guard position < bytes.count else { throw .cut }
        if bytes[position] == UInt8(ascii: "}") {
            position &+= 1
            return
        }
        var seen: UInt64 = 0
        while true {
            let whole = position
            try JSONSkip.string(bytes, &position)
            let key = level.key(bytes, whole &+ 1..<position &- 1)
            if key != .other, key != .special {
                // Two members of one name: readers disagree on which counts, so neither is relayed.
                guard seen & key.bit == 0 else { throw .malformed }
                seen |= key.bit
            }
            try JSONSkip.colon(bytes, &position)
            try value(bytes, &position, key: key, whole: whole, level: level.below(key))
            guard try JSONSkip.separator(bytes, &position, closing: UInt8(ascii: "}")) else { return }
        }
    }

    private mutating func array(
        _ bytes: Span<UInt8>, _ position: inout Int, level: AnswerLevel
    ) throws(AnswerFlaw) {
        position = JSONSkip.whitespace(bytes, position &+ 1)
        guard position < bytes.count else { throw .cut }
        if bytes[position] == UInt8(ascii: "]") {
            position &+= 1
            return
        }
        while true {
            try value(bytes, &position, key: .element, whole: position, level: level.below(.element))
            guard try JSONSkip.separator(bytes, &position, closing: UInt8(ascii: "]")) else { return }
        }
    }
}
