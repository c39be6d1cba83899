import WireJSON

/// A function call whose arguments come in pieces, each with a JSON path (`streamFunctionCallArguments`).
struct GeminiPartialCall {
    let id: String?
    let name: String
    var signature: String?
    private var arguments: JSONValue
    /// The path whose string goes on in the next piece.
    private var continuing: String?
    /// A piece had a path that could not be followed: the arguments are not what the model meant.
    private(set) var isBroken = false

    init(id: String?, name: String, signature: String?, arguments: JSONObject) {
        self.id = id
        self.name = name
        self.signature = signature
        self.arguments = .object(arguments)
    }

    /// Arguments so far, as JSON text.
    var text: String { arguments.text }

    mutating func add(_ piece: JSONValue) {
        guard let path = piece["jsonPath"]?.stringValue, let steps = Self.steps(of: path) else {
            isBroken = true
            return
        }
        guard let value = Self.value(of: piece) else { return }
        let goesOn = continuing == path
        continuing = piece["willContinue"]?.boolValue == true ? path : nil
        if !Self.set(value, at: steps[...], in: &arguments, appending: goesOn) { isBroken = true }
    }

    private static func value(of piece: JSONValue) -> JSONValue? {
        if let text = piece["stringValue"] { return text.stringValue.map { .string($0) } }
        if let number = piece["numberValue"] { return number.numberValue.map { .number($0) } }
        if let flag = piece["boolValue"] { return flag.boolValue.map { .bool($0) } }
        return piece["nullValue"] == nil ? nil : .null
    }

    // MARK: Paths

    private enum Step: Equatable {
        case member(String)
        case element(Int)
    }

    /// Deeper paths than any schema has are not followed.
    private static let maxSteps = 64

    /// `$.a[0]['b c']`; nil for anything else.
    private static func steps(of path: String) -> [Step]? {
        var rest = Array(path.utf8)[...]
        guard rest.popFirst() == UInt8(ascii: "$") else { return nil }
        var steps: [Step] = []
        while let byte = rest.popFirst() {
            let step: Step?
            switch byte {
            case UInt8(ascii: "."): step = dotted(&rest)
            case UInt8(ascii: "["): step = bracketed(&rest)
            default: step = nil
            }
            guard let step, steps.count < maxSteps else { return nil }
            steps.append(step)
        }
        return steps.isEmpty ? nil : steps
    }

    private static func dotted(_ rest: inout ArraySlice<UInt8>) -> Step? {
        let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
        rest = rest[name.endIndex...]
        return name.isEmpty ? nil : .member(String(decoding: name, as: UTF8.self))
    }

    private static func bracketed(_ rest: inout ArraySlice<UInt8>) -> Step? {
        guard let first = rest.first else { return nil }
        if first == UInt8(ascii: "'") || first == UInt8(ascii: "\"") {
            var name: [UInt8] = []
            rest.removeFirst()
            while let byte = rest.popFirst(), byte != first {
                if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                    name.append(escaped)
                } else {
                    name.append(byte)
                }
            }
            guard rest.popFirst() == UInt8(ascii: "]") else { return nil }
            return .member(String(decoding: name, as: UTF8.self))
        }
        guard let close = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let digits = rest[..<close]
        rest = rest[(close + 1)...]
        guard digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int(String(decoding: digits, as: UTF8.self)).map { .element($0) }
    }

    /// False where the path leads past the end of an array: arrays come in order, and filling gaps would
    /// let a few bytes claim any amount of memory.
    private static func set(
        _ value: JSONValue, at steps: ArraySlice<Step>, in target: inout JSONValue, appending: Bool
    ) -> Bool {
        guard let step = steps.first else {
            if appending, case .string(var text) = target, case .string(let more) = value {
                target = .null  // Alone with its text, which then grows in place.
                text += more
                target = .string(text)
            } else {
                target = value
            }
            return true
        }
        // The container is taken out of `target` while it changes, so that it is not copied.
        switch step {
        case .member(let name):
            var object = target.objectValue ?? [:]
            target = .null
            var child = object[name] ?? .null
            object[name] = .null
            let isSet = set(value, at: steps.dropFirst(), in: &child, appending: appending)
            object[name] = child
            target = .object(object)
            return isSet
        case .element(let index):
            var elements = target.arrayValue ?? []
            guard index <= elements.count else { return false }
            target = .null
            if index == elements.count { elements.append(.null) }
            let isSet = set(value, at: steps.dropFirst(), in: &elements[index], appending: appending)
            target = .array(elements)
            return isSet
        }
    }
}
