package import NIOHTTP1

/// The request headers that the gateway itself reads, found in one pass: a look-up by name walks the whole list.
/// Of a repeated header the first counts.
package struct RequestFields: Sendable {
    package var authorization: String?
    package var xAPIKey: String?
    package var apiKey: String?
    package var contentLength: String?
    package var expect: String?
    /// `x-martlet-timeout`: the client's own deadline for the whole request.
    package var timeout: String?

    /// `x-martlet-session`: the conversation this request belongs to.
    package var session: String?
    /// How many `Host` headers there are: one, in a valid request of HTTP/1.1.
    package var hostCount = 0
    /// The client would rather speak another protocol; it is answered in this one.
    package var asksForUpgrade = false

    package init() {}

    package init(_ headers: HTTPHeaders) {
        for (name, value) in headers { set(name, value) }
    }

    private mutating func set(_ name: String, _ value: String) {
        // Few names share a length, so most headers are told apart without looking at a byte.
        switch name.utf8.count {
        case 4: if Self.equals(name, "host") { hostCount += 1 }
        case 6: Self.keep(value, in: &expect, if: name, is: "expect")
        case 7:
            Self.keep(value, in: &apiKey, if: name, is: "api-key")
            if Self.equals(name, "upgrade") { asksForUpgrade = true }
        case 9: Self.keep(value, in: &xAPIKey, if: name, is: "x-api-key")
        case 13: Self.keep(value, in: &authorization, if: name, is: "authorization")
        case 14: Self.keep(value, in: &contentLength, if: name, is: "content-length")
        case 17:
            Self.keep(value, in: &timeout, if: name, is: "x-martlet-timeout")
            Self.keep(value, in: &session, if: name, is: "x-martlet-session")
        default: break
        }
    }

    private static func keep(_ value: String, in field: inout String?, if name: String, is wanted: StaticString) {
        if field == nil, equals(name, wanted) { field = value }
    }

    /// Header names are not case-sensitive (RFC 9110, 5.1).
    ///
    /// - Parameter wanted: lower case, as long as the name.
    private static func equals(_ name: String, _ wanted: StaticString) -> Bool {
        var expected = wanted.utf8Start
        for byte in name.utf8 {
            let lower = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            guard lower == expected.pointee else { return false }
            expected += 1
        }
        return true
    }
}
