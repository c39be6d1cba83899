import Yams

/// A place in a YAML document: what stands there, and how to complain about it.
struct Cursor {
    let file: String
    let node: Node
    /// Such as `models.smart.targets[0].provider`; names that are no plain words are quoted: `models["gpt-*"]`.
    let path: String
    /// Where a person would look: of a member the line of its name, since a value may begin on a later one.
    let line: Int
    let problems: Problems

    init(file: String, root: Node, problems: Problems) {
        self.init(file: file, node: root, path: "", line: root.mark?.line ?? 0, problems: problems)
    }

    private init(file: String, node: Node, path: String, line: Int, problems: Problems) {
        self.file = file
        self.node = node
        self.path = path
        self.line = line
        self.problems = problems
    }

    func fail(_ message: String, suggestion: String? = nil) {
        problems.add(
            Diagnostic(severity: .error, file: file, line: line, path: path, message: message, suggestion: suggestion))
    }

    func warn(_ message: String) {
        problems.add(Diagnostic(severity: .warning, file: file, line: line, path: path, message: message))
    }

    private func element(_ node: Node, at index: Int) -> Cursor {
        Cursor(file: file, node: node, path: "\(path)[\(index)]", line: node.mark?.line ?? line, problems: problems)
    }

    private func member(_ name: String, key: Node, value: Node) -> Cursor {
        let isPlain = name.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        let step = isPlain ? (path.isEmpty ? name : "." + name) : "[\"\(name.prefix(100))\"]"
        return Cursor(file: file, node: value, path: path + step, line: key.mark?.line ?? line, problems: problems)
    }

    // MARK: Kinds

    var isList: Bool { node.sequence != nil }

    /// A scalar as written; nil for anything else.
    var scalarText: String? { node.scalar?.string }

    var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .any || scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private var kind: String {
        switch node {
        case .scalar: isNull ? "nothing" : "\"\(node.scalar?.string.prefix(60) ?? "")\""
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }

    private func expected(_ what: String) {
        fail("\(what) is expected here, not \(kind)")
    }

    // MARK: Values. Each returns nil after a complaint.

    func text() -> String? {
        guard let scalar = node.scalar, !isNull else { expected("text"); return nil }
        return scalar.string
    }

    func nonEmptyText() -> String? {
        guard let value = text() else { return nil }
        if value.isEmpty { expected("text"); return nil }
        return value
    }

    func flag() -> Bool? {
        switch node.scalar?.string.lowercased() {
        case "true": return true
        case "false": return false
        default: expected("true or false"); return nil
        }
    }

    func number(_ range: ClosedRange<Int>) -> Int? {
        guard let scalar = node.scalar, let value = Quantities.natural(scalar.string), range.contains(value) else {
            expected("a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return value
    }

    func duration() -> Int? {
        guard let scalar = node.scalar, let value = Quantities.duration(scalar.string), value > 0 else {
            expected("a duration such as 500ms, 3s, 2m, 1h or 7d")
            return nil
        }
        return value
    }

    func bytes() -> Int? {
        guard let scalar = node.scalar, let value = Quantities.bytes(scalar.string), value > 0 else {
            expected("a size such as 1024, 64KiB or 32MiB")
            return nil
        }
        return value
    }

    func dollars() -> Int? {
        guard let scalar = node.scalar, let value = Quantities.nanodollars(scalar.string) else {
            expected("an amount of US dollars such as 50.00, with at most nine decimals")
            return nil
        }
        return value
    }

    func choice<Value: RawRepresentable & CaseIterable>(_ type: Value.Type) -> Value? where Value.RawValue == String {
        guard let text = text() else { return nil }
        if let value = Value(rawValue: text) { return value }
        let names = Value.allCases.map(\.rawValue)
        fail(
            "\"\(text.prefix(60))\" is not one of \(names.joined(separator: ", "))",
            suggestion: NearestName.find(text, among: names))
        return nil
    }

    /// An absolute http or https URL with a host, as written. Complaints do not repeat it: webhooks carry secrets.
    func url() -> String? {
        guard let text = text() else { return nil }
        guard BaseURL.normalised(text) != nil else {
            fail(BaseURL.complaint(text))
            return nil
        }
        return text
    }

    /// A URL that paths are appended to; without a trailing slash in what is returned. A query only where the
    /// dialect knows how to keep it behind the path.
    func baseURL(allowsQuery: Bool = false) -> String? {
        guard let text = url() else { return nil }
        if !allowsQuery, text.contains("?") {
            fail("a query is not possible here: paths are appended to this URL")
            return nil
        }
        return BaseURL.normalised(text)
    }

    func list() -> [Cursor]? {
        guard let sequence = node.sequence else { expected("a list"); return nil }
        return sequence.enumerated().map { element($0.element, at: $0.offset) }
    }

    func texts() -> [String]? {
        list().map { $0.compactMap { $0.nonEmptyText() } }
    }

    /// Members in their order, whatever their names.
    func entries() -> [(name: String, value: Cursor)]? {
        if isNull { return [] }
        guard let mapping = node.mapping else { expected("a mapping"); return nil }
        return mapping.compactMap { key, value in
            guard let name = key.scalar?.string, !name.isEmpty else {
                Cursor(file: file, node: key, path: path, line: key.mark?.line ?? line, problems: problems)
                    .fail("a name is expected here, not a list or a mapping")
                return nil
            }
            return (name, member(name, key: key, value: value))
        }
    }

    /// Members by name; every name that is not in `known` is an error with its line and the nearest valid one. A
    /// member without a value (`hedge_after: null`, or a list whose lines are all commented out) counts as absent.
    func members(_ known: [String]) -> [String: Cursor]? {
        guard let entries = entries() else { return nil }
        var members: [String: Cursor] = [:]
        for (name, value) in entries {
            guard known.contains(name) else {
                let nearest = NearestName.find(name, among: known)
                let valid = nearest == nil ? "; valid are \(known.joined(separator: ", "))" : ""
                value.fail("unknown key\(valid)", suggestion: nearest)
                continue
            }
            if !value.isNull { members[name] = value }
        }
        return members
    }
}
