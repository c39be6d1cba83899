import WireJSON

/// The JSON form of a script, as `POST /__fake/script` takes it.
///
/// Members: `match {method, path, model, header {NAME: VALUE}, body_contains}`, `times` (1; 0 for all requests to come),
/// `status`, `reason`, `headers` (object or list of pairs), one of `body`, `body_base64`, `json`, `raw_base64`, `case`,
/// `chunks {sizes | every | events, delay_ms}`, `late_ms`, `ending`.
struct ScriptDocument {
    private(set) var match = RequestMatch.any
    private(set) var answer = ScriptedAnswer(body: [])
    /// nil: for all requests to come.
    private(set) var times: Int? = 1

    init(_ document: JSONValue, recordings: [String: ScriptedAnswer]) throws(FakeSpecError) {
        guard let object = document.objectValue else { throw FakeSpecError(message: "a script must be an object") }
        if let name = object["case"]?.stringValue {
            guard let recorded = recordings[name] else { throw FakeSpecError(message: "no recording named '\(name)'") }
            answer = recorded
        }
        for (key, value) in object {
            try read(key, value)
        }
    }

    private mutating func read(_ key: String, _ value: JSONValue) throws(FakeSpecError) {
        switch key {
        case "case": break
        case "match": try readMatch(value)
        case "times":
            let count = try Self.need(value.intValue, key)
            times = count == 0 ? nil : count
        case "status": answer.status = try Self.need(value.intValue, key)
        case "reason": answer.reason = try Self.need(value.stringValue, key)
        case "headers": answer.headers = try Self.headers(value)
        case "body": answer.body = Array(try Self.need(value.stringValue, key).utf8)
        case "body_base64": answer.body = try Self.need(value.stringValue.flatMap(Base64.decode), key)
        case "json":
            answer.body = value.bytes
            if answer.headers.first("content-type") == nil {
                answer.headers.append(FakeHeader("content-type", "application/json"))
            }
        case "raw_base64":
            answer.body = try Self.need(value.stringValue.flatMap(Base64.decode), key)
            answer.isRaw = true
            answer.ending = .cut
        case "chunks": try readChunks(value)
        case "late_ms": answer.late = .milliseconds(try Self.need(value.intValue, key))
        case "ending":
            answer.ending = try Self.need(value.stringValue.flatMap(ScriptedAnswer.Ending.init(rawValue:)), key)
        default: throw FakeSpecError(message: "unknown member '\(key)'")
        }
    }

    private mutating func readMatch(_ value: JSONValue) throws(FakeSpecError) {
        for (key, value) in try Self.need(value.objectValue, "match") {
            switch key {
            case "method": match.method = try Self.need(value.stringValue, key)
            case "path": match.path = try Self.need(value.stringValue, key)
            case "model": match.model = try Self.need(value.stringValue, key)
            case "body_contains": match.bodyContains = try Self.need(value.stringValue, key)
            case "header": match.header = try Self.headers(value).first
            default: throw FakeSpecError(message: "unknown member 'match.\(key)'")
            }
        }
    }

    private mutating func readChunks(_ value: JSONValue) throws(FakeSpecError) {
        for (key, value) in try Self.need(value.objectValue, "chunks") {
            switch key {
            case "sizes": answer.split = .sizes(try Self.need(value.arrayValue, key).compactMap(\.intValue))
            case "every": answer.split = .every(try Self.need(value.intValue, key))
            case "events": answer.split = .events
            case "delay_ms": answer.gap = .milliseconds(try Self.need(value.intValue, key))
            default: throw FakeSpecError(message: "unknown member 'chunks.\(key)'")
            }
        }
    }

    private static func headers(_ value: JSONValue) throws(FakeSpecError) -> [FakeHeader] {
        if let object = value.objectValue {
            return object.compactMap { pair in pair.value.stringValue.map { FakeHeader(pair.key, $0) } }
        }
        return try need(value.arrayValue, "headers").compactMap { pair in
            guard let name = pair[0]?.stringValue, let text = pair[1]?.stringValue else { return nil }
            return FakeHeader(name, text)
        }
    }

    private static func need<Value>(_ value: Value?, _ key: String) throws(FakeSpecError) -> Value {
        guard let value else { throw FakeSpecError(message: "bad value for '\(key)'") }
        return value
    }
}
