/// Collects the members of the outermost object of a walk, or the elements of the outermost array.
struct MembersSink: JSONSink {
    private(set) var members: [JSONMembers.Member] = []
    private(set) var elements: [(range: Range<Int>, kind: JSONKind)] = []
    /// What the outermost value is; nil until one begins.
    private(set) var root: JSONKind?
    private let base: Int
    private var depth = 0
    private var currentName: Range<Int> = 0..<0
    private var currentIsEscaped = false
    private var valueStart = 0

    /// - Parameter base: added to all offsets.
    init(base: Int) {
        self.base = base
    }

    mutating func name(_ range: Range<Int>, escaped: Bool) {
        guard depth == 1 else { return }
        currentName = range
        currentIsEscaped = escaped
    }

    mutating func scalar(_ range: Range<Int>, kind: JSONKind, escaped: Bool) {
        if depth == 1 { add(range, kind) }
    }

    mutating func begin(_ kind: JSONKind, at offset: Int) {
        if depth == 0 {
            root = kind
            if kind == .object { members.reserveCapacity(12) }
        } else if depth == 1 {
            valueStart = offset
        }
        depth &+= 1
    }

    mutating func end(_ kind: JSONKind, at offset: Int) {
        depth &-= 1
        if depth == 1 { add(valueStart..<offset, kind) }
    }

    private mutating func add(_ range: Range<Int>, _ kind: JSONKind) {
        let value = shifted(range)
        if root == .array {
            elements.append((value, kind))
        } else {
            let name = shifted(currentName)
            members.append(
                JSONMembers.Member(
                    name: name, value: value, kind: kind, whole: (name.lowerBound &- 1)..<value.upperBound,
                    nameIsEscaped: currentIsEscaped))
        }
    }

    private func shifted(_ range: Range<Int>) -> Range<Int> {
        (range.lowerBound &+ base)..<(range.upperBound &+ base)
    }
}
