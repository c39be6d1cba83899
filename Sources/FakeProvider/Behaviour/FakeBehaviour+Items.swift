extension FakeBehaviour {
    private typealias Path<Value> = any WritableKeyPath<FakeBehaviour, Value> & Sendable

    private static let flags: [String: Path<Bool>] = [
        "stamp": \.stamp, "refuse": \.refuse, "reset": \.reset, "silent": \.silent, "noend": \.noend,
        "nodone": \.nodone, "whole": \.whole, "sse": \.sse, "empty": \.empty, "nolength": \.nolength,
        "close": \.close, "refusal": \.refusal,
    ]
    private static let counts: [String: Path<Int?>] = [
        "status": \.status, "every": \.every, "first": \.first, "chunks": \.chunks, "size": \.size, "drip": \.drip,
        "huge": \.huge, "pings": \.pings, "cut": \.cut, "stall": \.stall, "malformed": \.malformed,
        "badframe": \.badframe, "fail": \.fail, "in": \.promptTokens, "out": \.completionTokens,
        "cached": \.cachedTokens, "thinking": \.thinking,
    ]
    private static let durations: [String: Path<Int?>] = [
        "late": \.late, "ttft": \.ttft, "gap": \.gap, "retry": \.retry,
    ]
    private static let texts: [String: Path<String?>] = [
        "message": \.message, "body": \.body, "type": \.type, "case": \.recording, "id": \.label, "text": \.text,
        "call": \.call,
    ]
    private static let others: Set<String> = ["error", "as", "mode", "usage", "finish", "header"]

    /// Whether the item of this name has a value; nil when there is no such item.
    static func takesValue(_ name: String) -> Bool? {
        if flags[name] != nil { return false }
        let known =
            counts[name] != nil || durations[name] != nil || texts[name] != nil || others.contains(name)
        return known ? true : nil
    }

    /// Lays the items over what is already set.
    mutating func apply(_ items: [FakeSpecItem]) throws(FakeSpecError) {
        for item in items {
            try apply(item)
        }
        try checkBounds()
    }

    private mutating func apply(_ item: FakeSpecItem) throws(FakeSpecError) {
        if let path = Self.flags[item.name] {
            guard item.value == nil else { throw FakeSpecError(message: "'\(item.name)' takes no value") }
            self[keyPath: path] = true
            return
        }
        guard Self.takesValue(item.name) != nil else {
            throw FakeSpecError(message: "unknown item '\(item.name)'")
        }
        guard let value = item.value else { throw FakeSpecError(message: "'\(item.name)' needs a value") }
        if let path = Self.counts[item.name] {
            let isPlace = item.name == "cut" || item.name == "stall"
            self[keyPath: path] = try isPlace && value == "head" ? -1 : Self.need(FakeSpec.count(value), item)
        } else if let path = Self.durations[item.name] {
            self[keyPath: path] = try Self.need(FakeSpec.duration(value), item)
        } else if let path = Self.texts[item.name] {
            self[keyPath: path] = value
        } else {
            try applyOther(item, value)
        }
    }

    private mutating func applyOther(_ item: FakeSpecItem, _ value: String) throws(FakeSpecError) {
        switch item.name {
        case "error": error = try Self.need(FakeErrorKind(rawValue: value), item)
        case "as": dialect = try Self.need(FakeDialect(rawValue: value), item)
        case "mode": mode = try Self.need(N8NMode(rawValue: value), item)
        case "usage": usage = try Self.need(UsageForm(rawValue: value), item)
        case "finish": finish = try Self.need(Reply.Finish(rawValue: value), item)
        default:
            let pair = value.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, Self.isToken(pair[0]), !pair[1].utf8.contains(where: { $0 < 0x20 && $0 != 9 }) else {
                throw FakeSpecError(message: "'header' needs NAME:VALUE")
            }
            headers.append(FakeHeader(String(pair[0]), String(pair[1].drop { $0 == " " })))
        }
    }

    private mutating func checkBounds() throws(FakeSpecError) {
        if let status, !(200...599).contains(status) {
            throw FakeSpecError(message: "'status' must be from 200 to 599")
        }
        if drip == 0 || size == 0 || every == 0 {
            throw FakeSpecError(message: "'drip', 'size' and 'every' must be at least 1")
        }
        let (total, overflow) = (chunks ?? 0).multipliedReportingOverflow(by: size ?? 1)
        if overflow || total > 1 << 28 || (chunks ?? 0) > 1 << 20 || (pings ?? 0) > 1 << 16 || (thinking ?? 0) > 1 << 16
        {
            throw FakeSpecError(message: "an answer this large is not served")
        }
    }

    private static func need<Value>(_ value: Value?, _ item: FakeSpecItem) throws(FakeSpecError) -> Value {
        guard let value else { throw FakeSpecError(message: "bad value for '\(item.name)': '\(item.value ?? "")'") }
        return value
    }

    /// A header name may hold only token characters (RFC 9110 section 5.6.2).
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
