package import WireJSON

/// 400s in OpenAI's own words and codes, so that clients written against OpenAI recognise them.
/// `path` is what goes into `param`: `messages[2].content[0].image_url.url`.
extension WireError {
    /// The body is not acceptable JSON; the message names byte and path.
    package init(_ error: JSONError) {
        self = .invalidRequest(
            "We could not parse the JSON body of your request: \(error.message).",
            param: error.path.isEmpty ? nil : error.path)
    }

    /// A member that must be there is not.
    package static func missing(_ path: String) -> WireError {
        .invalidRequest("Missing required parameter: '\(path)'.", param: path, code: "missing_required_parameter")
    }

    /// `expected` and `got` with their articles: `a string`.
    package static func wrongType(_ path: String, expected: String, got: String) -> WireError {
        .invalidRequest(
            "Invalid type for '\(path)': expected \(expected), but got \(got) instead.", param: path,
            code: "invalid_type")
    }

    /// A string or array outside of what the member may hold.
    package static func invalidValue(_ path: String, _ value: String, supported: [String]) -> WireError {
        let quoted = supported.map { "'\($0)'" }
        let list =
            switch quoted.count {
            case 0...1: quoted.joined()
            case 2: quoted.joined(separator: " and ")
            default: quoted.dropLast().joined(separator: ", ") + ", and " + (quoted.last ?? "")
            }
        return .invalidRequest(
            "Invalid value: '\(shortened(value))'. Supported values are: \(list).", param: path, code: "invalid_value")
    }

    /// Anything else wrong with the value: `problem` and what is `expected`, as clauses without full stops.
    package static func invalid(_ path: String, _ problem: String, expected: String, code: String) -> WireError {
        .invalidRequest("Invalid '\(path)': \(problem). Expected \(expected).", param: path, code: code)
    }

    /// `[]` where at least one element is needed.
    package static func emptyArray(_ path: String) -> WireError {
        invalid(
            path, "empty array", expected: "an array with minimum length 1, but got an empty array instead",
            code: "empty_array")
    }

    /// `""` where at least one character is needed.
    package static func emptyString(_ path: String) -> WireError {
        invalid(
            path, "empty string", expected: "a string with minimum length 1, but got an empty string instead",
            code: "empty_string")
    }

    /// More elements than allowed.
    package static func arrayTooLong(_ path: String, maximum: Int, got: Int) -> WireError {
        invalid(
            path, "array too long",
            expected: "an array with maximum length \(maximum), but got an array with length \(got) instead",
            code: "array_above_max_length")
    }

    /// More characters than allowed.
    package static func stringTooLong(_ path: String, maximum: Int, got: Int) -> WireError {
        invalid(
            path, "string too long",
            expected: "a string with maximum length \(maximum), but got a string with length \(got) instead",
            code: "string_above_max_length")
    }

    /// A number outside of its range; `text` is the number as sent.
    package static func outOfRange(
        _ path: String, _ text: String, range: ClosedRange<Int>, isInteger: Bool, isBelow: Bool
    ) -> WireError {
        let noun = isInteger ? "integer" : "decimal"
        let bound = isBelow ? ">= \(range.lowerBound)" : "<= \(range.upperBound)"
        return invalid(
            path, "\(noun) \(isBelow ? "below minimum" : "above maximum") value",
            expected: "a value \(bound), but got \(shortened(text)) instead",
            code: "\(noun)_\(isBelow ? "below_min" : "above_max")_value")
    }

    /// Quoted input is cut: an error message is no place for a megabyte.
    static func shortened(_ text: String) -> String { text.cut(toBytes: 64) }
}

extension JSONValue {
    /// The value's type as OpenAI's messages name it.
    var typeWithArticle: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number(let number): number.int == nil ? "a decimal number" : "an integer"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
