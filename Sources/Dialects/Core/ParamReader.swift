import WireJSON

/// Reads members of one object of a request; what does not fit becomes a 400 that names the member.
/// A member that is null counts as absent, as with OpenAI.
struct ParamReader {
    let object: JSONObject
    let path: ParamPath

    /// Throws `invalid_type` unless the value is an object.
    init(_ value: JSONValue, at path: ParamPath) throws(WireError) {
        guard case .object(let object) = value else {
            throw .wrongType(path.text, expected: "an object", got: value.typeWithArticle)
        }
        self.object = object
        self.path = path
    }

    /// The top level of a request.
    init(members: JSONObject) {
        object = members
        path = .root
    }

    /// The member, nil when absent or null.
    subscript(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func string(_ name: String) throws(WireError) -> String? {
        guard let value = self[name] else { return nil }
        guard case .string(let text) = value else { throw wrongType(name, "a string", value) }
        return text
    }

    func requiredString(_ name: String, allowsEmpty: Bool = false) throws(WireError) -> String {
        guard let text = try string(name) else { throw missing(name, expected: "a string") }
        if text.isEmpty, !allowsEmpty { throw .emptyString(path.member(name).text) }
        return text
    }

    func boolean(_ name: String) throws(WireError) -> Bool? {
        guard let value = self[name] else { return nil }
        guard case .bool(let flag) = value else { throw wrongType(name, "a boolean", value) }
        return flag
    }

    func integer(_ name: String) throws(WireError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.intValue else { throw wrongType(name, "an integer", value) }
        return number
    }

    func array(_ name: String) throws(WireError) -> [JSONValue]? {
        guard let value = self[name] else { return nil }
        guard case .array(let elements) = value else { throw wrongType(name, "an array", value) }
        return elements
    }

    func requiredObject(_ name: String) throws(WireError) -> ParamReader {
        guard let value = self[name] else { throw missing(name) }
        return try ParamReader(value, at: path.member(name))
    }

    /// A string out of a closed set.
    func choice<Value: RawRepresentable<String>>(
        _ name: String, of type: Value.Type, supported: [String]
    ) throws(WireError) -> Value? {
        guard let text = try string(name) else { return nil }
        guard let value = Value(rawValue: text) else { throw invalid(name, text, supported: supported) }
        return value
    }

    /// `^[a-zA-Z0-9_-]{1,64}$`, the rule for names of functions and schemas.
    func requiredName(_ name: String) throws(WireError) -> String {
        let text = try requiredString(name)
        let place = path.member(name)
        guard text.utf8.count <= 64 else {
            throw .stringTooLong(place.text, maximum: 64, got: text.count)
        }
        guard text.utf8.allSatisfy(Self.isNameByte) else {
            throw .invalid(
                place.text, "string does not match pattern",
                expected: "a string that matches the pattern '^[a-zA-Z0-9_-]+$'", code: "invalid_value")
        }
        return text
    }

    /// For a required member: present but null is a type error for OpenAI, absent a missing parameter.
    func missing(_ name: String, expected: String = "a value") -> WireError {
        object[name] == nil
            ? .missing(path.member(name).text)
            : .wrongType(path.member(name).text, expected: expected, got: "null")
    }

    func wrongType(_ name: String, _ expected: String, _ value: JSONValue) -> WireError {
        .wrongType(path.member(name).text, expected: expected, got: value.typeWithArticle)
    }

    func invalid(_ name: String, _ value: String, supported: [String]) -> WireError {
        .invalidValue(path.member(name).text, value, supported: supported)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
