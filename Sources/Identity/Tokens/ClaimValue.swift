#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Any JSON value: claims have whatever shape the issuer likes.
enum ClaimValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([ClaimValue])
    case object([String: ClaimValue])

    /// A whole JSON document that is an object; nil for anything else and for absurd nesting.
    static func object(json: [UInt8]) -> [String: ClaimValue]? {
        guard !nestsDeeper(than: 32, json),
            case .object(let members)? = try? decoder.decode(Self.self, from: Data(json))
        else { return nil }
        return members
    }

    private static var decoder: JSONDecoder { JSONDecoder() }

    /// Decoding recurses; the text decides how deep.
    private static func nestsDeeper(than limit: Int, _ json: [UInt8]) -> Bool {
        var depth = 0
        var inString = false
        var escaped = false
        for byte in json {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                if depth > limit { return true }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return false
    }
}

extension ClaimValue: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([ClaimValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: ClaimValue].self))
        }
    }
}

extension ClaimValue {
    var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A string, or a whole number as one: some issuers number their tenants.
    var identifier: String? {
        switch self {
        case .string(let text): text
        case .number(let number): Int(exactly: number).map(String.init)
        default: nil
        }
    }

    /// A list of strings, or one string taken as such by `separatedBySpaces` (RFC 8693's `scope`) or as one
    /// element. nil for other shapes; elements of other kinds are left out.
    func strings(separatedBySpaces: Bool) -> [String]? {
        switch self {
        case .string(let text): separatedBySpaces ? text.split(separator: " ").map(String.init) : [text]
        case .array(let values): values.compactMap(\.stringValue)
        default: nil
        }
    }
}

extension [String: ClaimValue] {
    /// The member with this very name, else the one at this path of names.
    func claim(_ name: String) -> ClaimValue? {
        if let value = self[name] { return value }
        var value: ClaimValue?
        var members = self
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard let next = members[String(part)] else { return nil }
            value = next
            if case .object(let inner) = next { members = inner } else { members = [:] }
        }
        return value
    }
}
