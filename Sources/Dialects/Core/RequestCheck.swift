import WireJSON

/// The checks every request passes, also those that are relayed byte for byte: presence, types and ranges of
/// top-level members and the roles of messages. Works on the scanned bytes; no value tree is built.
/// What lies deeper is the provider's to judge, or ``ChatRequest/init(parsing:)``'s.
struct RequestCheck {
    let body: [UInt8]
    let endpoint: Endpoint
    /// The name goes into headers, logs, routes' caches and URLs, all of which outlive the request.
    static let maxModelBytes = 256

    private(set) var model: String?
    private(set) var stream = false
    private(set) var includeUsage = false
    private var hasStreamOptions = false
    private var hasContent = false

    init(body: [UInt8], endpoint: Endpoint) {
        self.body = body
        self.endpoint = endpoint
    }

    /// Checks each member, then what must be there.
    mutating func run(_ members: JSONMembers) throws(WireError) {
        for member in members.all {
            guard let rule = rule(for: member) else { continue }
            try apply(rule, to: member)
        }
        guard model != nil else { throw .missing("model") }
        if !hasContent {
            switch endpoint {
            case .chatCompletions: throw .missing("messages")
            case .embeddings: throw .missing("input")
            case .completions: break  // `prompt` has a default.
            }
        }
        if hasStreamOptions, !stream {
            throw .invalidRequest(
                "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param: "stream_options")
        }
    }

    private func rule(for member: JSONMembers.Member) -> ParameterRule? {
        guard member.nameIsEscaped else { return .named(body[member.name], endpoint: endpoint) }
        return .named(Array(name(of: member).utf8)[...], endpoint: endpoint)
    }

    private mutating func apply(_ rule: ParameterRule, to member: JSONMembers.Member) throws(WireError) {
        if member.kind == .null {
            // null means "not set" for OpenAI, except where something must be set.
            switch rule {
            case .model, .messages, .input: break
            default: return
            }
        }
        switch rule {
        case .boolean: try require(member, .bool, "a boolean")
        case .string: try require(member, .string, "a string")
        case .object: try require(member, .object, "an object")
        case .array: try require(member, .array, "an array")
        case .stringOrObject, .toolChoice:
            guard member.kind != .string else { return }
            try require(member, .object, "one of a string or object")
            if case .toolChoice = rule { try requireType(of: member) }
        case .typedObject:
            try require(member, .object, "an object")
            try requireType(of: member)
        case .integer(let range): try checkInteger(member, range)
        case .maxTokens: try checkInteger(member, (endpoint == .chatCompletions ? 1 : 0)...ParameterRule.largest)
        case .decimal(let range): try checkDecimal(member, range)
        case .logprobs:
            if endpoint == .completions {
                try checkInteger(member, 0...20)
            } else {
                try require(member, .bool, "a boolean")
            }
        case .stop: try checkStop(member)
        case .tools: try checkTools(member)
        default: try applyLeading(rule, to: member)
        }
    }

    /// The rules whose members the gateway itself acts upon.
    private mutating func applyLeading(_ rule: ParameterRule, to member: JSONMembers.Member) throws(WireError) {
        switch rule {
        case .model:
            try require(member, .string, "a string")
            let name = JSONSlice.string(member.value, in: body) ?? ""
            guard !name.isEmpty else { throw .emptyString("model") }
            guard name.utf8.count <= Self.maxModelBytes else {
                throw .stringTooLong("model", maximum: Self.maxModelBytes, got: name.utf8.count)
            }
            model = name
        case .stream:
            try require(member, .bool, "a boolean")
            stream = JSONSlice.bool(member.value, in: body) ?? false
        case .streamOptions:
            try require(member, .object, "an object")
            hasStreamOptions = true
            try readStreamOptions(member)
        case .messages:
            hasContent = true
            try MessagesCheck.run(member, in: body)
        case .prompt, .input:
            hasContent = true
            try checkTexts(member)
        default: break
        }
    }

    // MARK: Types

    /// The member's name without escapes, for messages.
    private func name(of member: JSONMembers.Member) -> String { JSONSlice.name(of: member, in: body) }

    private func require(_ member: JSONMembers.Member, _ kind: JSONKind, _ expected: String) throws(WireError) {
        guard member.kind != kind else { return }
        throw wrongType(member, expected: expected)
    }

    private func wrongType(_ member: JSONMembers.Member, expected: String) -> WireError {
        .wrongType(name(of: member), expected: expected, got: member.kind.withArticle(body[member.value]))
    }

    private func requireType(of member: JSONMembers.Member) throws(WireError) {
        try requireType(in: member.value, at: name(of: member))
    }

    /// An object must have a string `type`.
    private func requireType(in object: Range<Int>, at path: @autoclosure () -> String) throws(WireError) {
        guard try Self.string("type", of: object, in: body, at: path()) == nil else { return }
        throw .missing("\(path()).type")
    }

    /// The value of a nested object's member, which must be a string; nil if there is no such member.
    static func string(
        _ name: StaticString, of object: Range<Int>, in body: [UInt8], at path: @autoclosure () -> String
    ) throws(WireError) -> Range<Int>? {
        guard let value = member(name, of: object, in: body) else { return nil }
        let kind = JSONKind(firstByte: body[value.lowerBound])
        guard kind != .string else { return value }
        throw .wrongType("\(path()).\(name)", expected: "a string", got: kind.withArticle(body[value]))
    }

    /// Where the value of a nested object's member lies.
    private static func member(_ name: StaticString, of object: Range<Int>, in body: [UInt8]) -> Range<Int>? {
        var members = JSONCursor(object, in: body)
        while let member = members.next() {
            if name.equals(body[member.name]) { return member.value }
            guard body[member.name].contains(UInt8(ascii: "\\")) else { continue }
            // Names with escapes are rare enough to be taken apart the slow way.
            let quoted = (member.name.lowerBound - 1)..<(member.name.upperBound + 1)
            if JSONSlice.string(quoted, in: body) == String(describing: name) { return member.value }
        }
        return nil
    }

    // MARK: Numbers

    private func checkInteger(_ member: JSONMembers.Member, _ range: ClosedRange<Int>) throws(WireError) {
        try require(member, .number, "an integer")
        let digits = body[member.value]
        if let value = DecimalText.int(digits) ?? JSONSlice.int(member.value, in: body) {
            guard !range.contains(value) else { return }
            throw outOfRange(member, range, isInteger: true, isBelow: value < range.lowerBound)
        }
        guard JSONKind.isInteger(digits) else { throw wrongType(member, expected: "an integer") }
        throw outOfRange(member, range, isInteger: true, isBelow: digits.first == UInt8(ascii: "-"))
    }

    private func checkDecimal(_ member: JSONMembers.Member, _ range: ClosedRange<Int>) throws(WireError) {
        try require(member, .number, "a decimal")
        let value = DecimalText.double(body[member.value])
        if value < Double(range.lowerBound) { throw outOfRange(member, range, isInteger: false, isBelow: true) }
        if value > Double(range.upperBound) { throw outOfRange(member, range, isInteger: false, isBelow: false) }
    }

    private func outOfRange(
        _ member: JSONMembers.Member, _ range: ClosedRange<Int>, isInteger: Bool, isBelow: Bool
    ) -> WireError {
        .outOfRange(
            name(of: member), String(decoding: body[member.value], as: UTF8.self), range: range, isInteger: isInteger,
            isBelow: isBelow)
    }

    // MARK: Members with structure

    private mutating func readStreamOptions(_ member: JSONMembers.Member) throws(WireError) {
        guard let value = Self.member("include_usage", of: member.value, in: body) else { return }
        let kind = JSONKind(firstByte: body[value.lowerBound])
        guard kind != .null else { return }
        guard kind == .bool else {
            throw .wrongType(
                "stream_options.include_usage", expected: "a boolean", got: kind.withArticle(body[value]))
        }
        includeUsage = JSONSlice.bool(value, in: body) ?? false
    }

    private func checkStop(_ member: JSONMembers.Member) throws(WireError) {
        guard member.kind != .string else { return }
        try require(member, .array, "one of a string or array of strings")
        var texts = JSONCursor(member.value, in: body)
        var count = 0
        while let text = texts.next() {
            let kind = JSONKind(firstByte: body[text.value.lowerBound])
            guard kind == .string else {
                throw .wrongType("stop[\(count)]", expected: "a string", got: kind.withArticle(body[text.value]))
            }
            count += 1
        }
        guard count <= 4 else { throw .arrayTooLong("stop", maximum: 4, got: count) }
    }

    private func checkTools(_ member: JSONMembers.Member) throws(WireError) {
        try require(member, .array, "an array of objects")
        var tools = JSONCursor(member.value, in: body)
        var index = 0
        while let tool = tools.next() {
            let kind = JSONKind(firstByte: body[tool.value.lowerBound])
            guard kind == .object else {
                throw .wrongType("tools[\(index)]", expected: "an object", got: kind.withArticle(body[tool.value]))
            }
            try requireType(in: tool.value, at: "tools[\(index)]")
            index += 1
        }
    }

    /// `prompt` and `input`: a string, strings, tokens or arrays of tokens.
    private func checkTexts(_ member: JSONMembers.Member) throws(WireError) {
        guard member.kind != .string else { return }
        try require(member, .array, "one of a string, array of strings, array of integers or array of arrays")
        var elements = JSONCursor(member.value, in: body)
        var first: JSONKind?
        var index = 0
        while let element = elements.next() {
            let kind = JSONKind(firstByte: body[element.value.lowerBound])
            guard kind == first ?? kind, kind == .string || kind == .number || kind == .array else {
                throw .wrongType(
                    "\(name(of: member))[\(index)]",
                    expected: "elements of one kind: strings, integers or arrays of integers",
                    got: kind.withArticle(body[element.value]))
            }
            first = kind
            index += 1
        }
        if index == 0 { throw .emptyArray(name(of: member)) }
    }
}
