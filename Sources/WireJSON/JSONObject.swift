/// Members of an object in the order of the document. Names are compared byte for byte, as JSON does
/// (not by Unicode equivalence, as `String` does). Equality ignores the order.
package struct JSONObject: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    package typealias Element = (key: String, value: JSONValue)

    private var members: [Element] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = elements.map { (key: $0.0, value: $0.1) }
    }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var keys: [String] { members.map(\.key) }

    /// Linear in the number of members. Setting nil removes; setting a new name appends.
    package subscript(_ key: String) -> JSONValue? {
        get {
            index(of: key).map { members[$0].value }
        }
        set {
            if let index = index(of: key) {
                if let newValue { members[index].value = newValue } else { members.remove(at: index) }
            } else if let newValue {
                members.append((key, newValue))
            }
        }
    }

    /// Adds a member at the end without looking for one of the same name; the caller knows there is none.
    package mutating func append(_ key: String, _ value: JSONValue) {
        members.append((key, value))
    }

    package func makeIterator() -> IndexingIterator<[Element]> {
        members.makeIterator()
    }

    package var underestimatedCount: Int { members.count }

    private func index(of key: String) -> Int? {
        members.firstIndex { Self.isSame($0.key, key) }
    }

    private static func isSame(_ first: String, _ second: String) -> Bool {
        first.utf8.count == second.utf8.count && first.utf8.elementsEqual(second.utf8)
    }
}

extension JSONObject: Hashable {
    package static func == (first: JSONObject, second: JSONObject) -> Bool {
        guard first.count == second.count else { return false }
        for (position, member) in first.members.enumerated() {
            // Usually the order is the same, too: then this is linear.
            let candidate = second.members[position]
            if isSame(candidate.key, member.key) {
                guard candidate.value == member.value else { return false }
            } else if second[member.key] != member.value {
                return false
            }
        }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        // Summed, so that the order does not count.
        var sum = 0
        for member in members {
            var single = Hasher()
            single.combine(member.key)
            single.combine(member.value)
            sum &+= single.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}
