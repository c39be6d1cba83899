extension JSONValue {
    /// Reads a whole document; only white space may surround it.
    /// - Throws: the first thing that is wrong.
    package init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        self = try bytes.withByteView { view throws(JSONError) in
            try Self.parse(view, limits: limits, base: 0)
        }
    }

    /// Reads a whole document; offsets in errors are indices of the slice.
    package init(parsing bytes: ArraySlice<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        let base = bytes.startIndex
        self = try bytes.withByteView { view throws(JSONError) in
            try Self.parse(view, limits: limits, base: base)
        }
    }

    /// Reads a whole document; offsets in errors count UTF-8 bytes.
    package init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    private static func parse(_ view: ByteView, limits: JSONLimits, base: Int) throws(JSONError) -> JSONValue {
        var walker = JSONWalker(view, limits: limits)
        do throws(JSONFault) {
            return try tree(of: view, with: &walker)
        } catch {
            throw JSONError(error, in: view, limits: limits, base: base)
        }
    }

    /// The value of the whole view, read by a walker that is at its start.
    static func tree(of view: ByteView, with walker: inout JSONWalker) throws(JSONFault) -> JSONValue {
        var sink = TreeSink(view: view)
        try walker.walk(&sink)
        return sink.root
    }
}

/// Builds the tree while a walk goes on, with a stack of its own instead of recursion.
private struct TreeSink: JSONSink {
    private struct Level {
        var key = ""
        var object = JSONObject()
        var elements: [JSONValue] = []
    }

    private(set) var root = JSONValue.null
    private let view: ByteView
    private var levels: [Level] = []

    init(view: ByteView) {
        self.view = view
    }

    mutating func name(_ range: Range<Int>, escaped: Bool) {
        if !levels.isEmpty { levels[levels.count &- 1].key = text(range, escaped: escaped) }
    }

    mutating func scalar(_ range: Range<Int>, kind: JSONKind, escaped: Bool) {
        switch kind {
        case .string:
            add(.string(text((range.lowerBound &+ 1)..<(range.upperBound &- 1), escaped: escaped)), kind)
        case .number:
            add(.number(JSONNumber(validated: view.text(range))), kind)
        case .bool:
            add(.bool(view[range.lowerBound] == UInt8(ascii: "t")), kind)
        case .null, .object, .array:
            add(.null, kind)
        }
    }

    mutating func begin(_ kind: JSONKind, at offset: Int) {
        isArray.append(kind == .array)
        levels.append(Level())
    }

    mutating func end(_ kind: JSONKind, at offset: Int) {
        guard let level = levels.popLast() else { return }
        isArray.removeLast()
        add(kind == .array ? .array(level.elements) : .object(level.object), kind)
    }

    private var isArray: [Bool] = []

    private mutating func add(_ value: JSONValue, _ kind: JSONKind) {
        guard let parentIsArray = isArray.last else {
            root = value
            return
        }
        if parentIsArray {
            levels[levels.count &- 1].elements.append(value)
        } else {
            let key = levels[levels.count &- 1].key
            levels[levels.count &- 1].object.append(key, value)
        }
    }

    private func text(_ range: Range<Int>, escaped: Bool) -> String {
        escaped ? String(decoding: view.unescaped(range), as: UTF8.self) : view.text(range)
    }
}
