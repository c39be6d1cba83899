/// One validating pass over a document, without recursion: RFC 8259's grammar, UTF-8, no duplicate names
/// at any level, bounded depth and number of values. What it meets goes to a ``JSONSink``.
struct JSONWalker {
    let view: ByteView
    private let limits: JSONLimits
    private let rejectsDuplicates: Bool
    private var position = 0
    private var names = MemberNames()
    /// Values met so far, and objects and arrays among them.
    private(set) var values = 0
    private(set) var containers = 0

    /// - Parameter rejectsDuplicates: false for a part of a document that was walked before.
    init(_ view: ByteView, limits: JSONLimits, rejectsDuplicates: Bool = true) {
        self.view = view
        self.limits = limits
        self.rejectsDuplicates = rejectsDuplicates
    }

    /// Walks the whole view, which must hold one value (with `objectOnly`: an object) and white space.
    mutating func walk<Sink: JSONSink>(_ sink: inout Sink, objectOnly: Bool = false) throws(JSONFault) {
        skipWhitespace()
        if objectOnly, view[position] != UInt8(ascii: "{") {
            throw position < view.count
                ? fault(.notAnObject, expecting: .object) : fault(.unexpectedEnd, expecting: .object)
        }
        repeat {
            let opened = try value(&sink)
            if !opened { try afterValue(&sink) }
        } while names.depth > 0
        skipWhitespace()
        if position < view.count { throw fault(.trailingBytes) }
    }

    /// Reads a scalar, or opens an object or array up to its first element. True if it opened one that
    /// has an element: the next thing to read is a value again.
    private mutating func value<Sink: JSONSink>(_ sink: inout Sink) throws(JSONFault) -> Bool {
        let start = position
        values &+= 1
        guard values <= limits.maxValues else { throw fault(.tooManyValues) }
        switch view[position] {
        case UInt8(ascii: "\""):
            let escaped = try string()
            sink.scalar(start..<position, kind: .string, escaped: escaped)
        case UInt8(ascii: "{"):
            return try open(.object, closing: UInt8(ascii: "}"), &sink)
        case UInt8(ascii: "["):
            return try open(.array, closing: UInt8(ascii: "]"), &sink)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number()
            sink.scalar(start..<position, kind: .number, escaped: false)
        case UInt8(ascii: "t"):
            try literal("true")
            sink.scalar(start..<position, kind: .bool, escaped: false)
        case UInt8(ascii: "f"):
            try literal("false")
            sink.scalar(start..<position, kind: .bool, escaped: false)
        case UInt8(ascii: "n"):
            try literal("null")
            sink.scalar(start..<position, kind: .null, escaped: false)
        default:
            throw unexpected(.value)
        }
        return false
    }

    private mutating func open<Sink: JSONSink>(
        _ kind: JSONKind, closing: UInt8, _ sink: inout Sink
    ) throws(JSONFault) -> Bool {
        guard names.depth < limits.maxDepth else { throw fault(.tooDeep) }
        containers &+= 1
        guard containers <= limits.maxContainers else { throw fault(.tooManyContainers) }
        sink.begin(kind, at: position)
        position &+= 1
        skipWhitespace()
        if view[position] == closing {
            position &+= 1
            sink.end(kind, at: position)
            return false
        }
        names.open(isObject: kind == .object)
        if kind == .object { try name(&sink, expecting: .nameOrEnd) }
        return true
    }

    /// Goes on behind a complete value: closes what ends here, up to the next value or the end.
    private mutating func afterValue<Sink: JSONSink>(_ sink: inout Sink) throws(JSONFault) {
        while names.depth > 0 {
            skipWhitespace()
            let isInObject = names.isInObject
            switch view[position] {
            case UInt8(ascii: ","):
                position &+= 1
                skipWhitespace()
                if isInObject { try name(&sink, expecting: .name) }
                return
            case UInt8(ascii: "}") where isInObject, UInt8(ascii: "]") where !isInObject:
                position &+= 1
                names.close()
                sink.end(isInObject ? .object : .array, at: position)
            default:
                throw unexpected(isInObject ? .commaOrObjectEnd : .commaOrArrayEnd)
            }
        }
    }

    /// Reads a member name and its colon, up to the value.
    private mutating func name<Sink: JSONSink>(
        _ sink: inout Sink, expecting: JSONFault.Expectation
    ) throws(JSONFault) {
        guard view[position] == UInt8(ascii: "\"") else { throw unexpected(expecting) }
        let start = position &+ 1
        let escaped = try string()
        let range = start..<(position &- 1)
        sink.name(range, escaped: escaped)
        if rejectsDuplicates, !names.add(.init(range: range, escaped: escaped), in: view) {
            throw JSONFault(reason: .duplicateMember, offset: start)
        }
        skipWhitespace()
        guard view[position] == UInt8(ascii: ":") else { throw unexpected(.colon) }
        position &+= 1
        skipWhitespace()
    }

    @inline(__always) private mutating func skipWhitespace() {
        // Compact documents have none: one comparison instead of a loop.
        if view[position] <= 0x20 { position = view.afterWhitespace(from: position) }
    }
}

/// Tokens.
extension JSONWalker {
    /// Reads a string from its opening quote to behind its closing one; true if it has escapes.
    private mutating func string() throws(JSONFault) -> Bool {
        var index = position &+ 1
        var escaped = false
        while true {
            index = view.stringStop(from: index)
            let byte = view[index]
            if byte == UInt8(ascii: "\"") {
                position = index &+ 1
                return escaped
            }
            position = index
            if byte == UInt8(ascii: "\\") {
                let length = view.escapeLength(at: index)
                guard length > 0 else { throw incomplete(.badEscape, within: 12) }
                escaped = true
                index &+= length
            } else if byte >= 0x80 {
                while view[index] >= 0x80 {
                    let length = view.utf8SequenceLength(at: index)
                    guard length > 0 else {
                        position = index
                        throw fault(.badUTF8)
                    }
                    index &+= length
                }
            } else {
                throw index < view.count ? fault(.controlCharacter) : fault(.unexpectedEnd, expecting: .stringEnd)
            }
        }
    }

    private mutating func number() throws(JSONFault) {
        if view[position] == UInt8(ascii: "-") { position &+= 1 }
        if view[position] == UInt8(ascii: "0") {
            position &+= 1
            if isDigit(view[position]) { throw fault(.badNumber) }
        } else {
            try digits()
        }
        if view[position] == UInt8(ascii: ".") {
            position &+= 1
            try digits()
        }
        if view[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            if view[position] == UInt8(ascii: "+") || view[position] == UInt8(ascii: "-") { position &+= 1 }
            try digits()
        }
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while isDigit(view[position]) { position &+= 1 }
        if position == start { throw incomplete(.badNumber, within: 1) }
    }

    private mutating func literal(_ text: StaticString) throws(JSONFault) {
        for index in 0..<text.utf8CodeUnitCount {
            let expected = text.withByteView { $0[index] }
            guard view[position &+ index] == expected else {
                position &+= index
                throw unexpected(.value)
            }
        }
        position &+= text.utf8CodeUnitCount
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    private func fault(_ reason: JSONFault.Reason, expecting: JSONFault.Expectation = .value) -> JSONFault {
        JSONFault(reason: reason, offset: position, expected: expecting)
    }

    private func unexpected(_ expected: JSONFault.Expectation) -> JSONFault {
        fault(position < view.count ? .unexpectedByte : .unexpectedEnd, expecting: expected)
    }

    /// A token is wrong, unless the document just ends inside it.
    private func incomplete(_ reason: JSONFault.Reason, within length: Int) -> JSONFault {
        fault(isCut(within: length) ? .unexpectedEnd : reason, expecting: .stringEnd)
    }

    /// Whether the view ends less than `length` bytes from here with nothing wrong before its end.
    private func isCut(within length: Int) -> Bool {
        guard view.count &- position < length else { return false }
        // An escape: only what can still become one counts as cut.
        let pattern: [(UInt8) -> Bool] = [
            { $0 == UInt8(ascii: "\\") }, { $0 == UInt8(ascii: "u") }, isHex, isHex, isHex, isHex,
            { $0 == UInt8(ascii: "\\") }, { $0 == UInt8(ascii: "u") }, isHex, isHex, isHex, isHex,
        ]
        for index in position..<view.count where !pattern[index &- position](view[index]) { return false }
        return true
    }

    private func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
}
