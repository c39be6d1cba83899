import CCurl

/// The headers that every request to one provider (or provider key) carries, built once and shared by all requests.
///
/// Holds the lines ready to be sent, and in the list form of libcurl, which speaks HTTP/2; so a request costs no string
/// building at all.
package final class UpstreamHeaders: Sendable {
    /// No headers but what the transport adds itself.
    package static let none = UpstreamHeaders(
        list: UpstreamHeaders.build([], hasContentType: false), rendered: Rendered([]))

    // Safe: immutable after init and freed in deinit; libcurl only reads it, from any number of driver threads.
    nonisolated(unsafe) let list: UnsafeMutablePointer<curl_slist>?
    let rendered: Rendered

    /// - Throws: ``InvalidHeader`` for a name or value that would break or split the request, and for the framing and
    ///   hop-by-hop headers, which belong to the transport.
    package convenience init(_ headers: [(name: String, value: String)]) throws(InvalidHeader) {
        var lines: [String] = []
        for header in headers {
            lines.append(try Self.line(name: header.name, value: header.value))
        }
        let hasContentType = headers.contains { $0.name.lowercased() == "content-type" }
        self.init(list: Self.build(lines, hasContentType: hasContentType), rendered: Rendered(headers))
    }

    private init(list: UnsafeMutablePointer<curl_slist>?, rendered: Rendered) {
        self.list = list
        self.rendered = rendered
    }

    deinit {
        curl_slist_free_all(self.list)
    }

    /// Header lines as HTTP/1.1 has them.
    struct Rendered: Sendable {
        /// `Name: value` CR LF for each.
        let lines: [UInt8]
        /// Fields among them that the transport would else set itself.
        let defaults: Defaults

        /// The headers have been checked with ``UpstreamHeaders/line(name:value:)``.
        init(_ headers: [(name: String, value: String)]) {
            var lines: [UInt8] = []
            var defaults: Defaults = []
            for (name, value) in headers {
                let isBlank = value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
                lines.append(contentsOf: (isBlank ? "\(name):\r\n" : "\(name): \(value)\r\n").utf8)
                defaults.formUnion(Defaults(name: name.lowercased()))
            }
            self.lines = lines
            self.defaults = defaults
        }
    }

    struct Defaults: OptionSet, Sendable {
        let rawValue: UInt8
        static let host = Defaults(rawValue: 1)
        static let userAgent = Defaults(rawValue: 2)
        static let accept = Defaults(rawValue: 4)
        static let authorization = Defaults(rawValue: 8)

        init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// The field of this name in lower case; empty for any other.
        init(name: String) {
            switch name {
            case "host": self = .host
            case "user-agent": self = .userAgent
            case "accept": self = .accept
            case "authorization": self = .authorization
            default: self = []
            }
        }
    }

    /// A name or value that cannot be sent. Holds the name only: values are often secrets.
    package struct InvalidHeader: Error, Sendable, Hashable, CustomStringConvertible {
        package let name: String
        package let reason: String
        package var description: String { "header \"\(self.name)\": \(self.reason)" }
    }

    /// The line in libcurl's syntax: `Name: value`, or `Name;` for an empty value.
    static func line(name: String, value: String) throws(InvalidHeader) -> String {
        guard Self.isToken(name) else {
            let shown = String(decoding: name.utf8.filter { (0x20...0x7E).contains($0) }.prefix(64), as: UTF8.self)
            throw InvalidHeader(name: shown, reason: "not a valid header name")
        }
        guard !Self.reserved.contains(name.lowercased()) else {
            throw InvalidHeader(name: name, reason: "is set by the transport")
        }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw InvalidHeader(name: name, reason: "the value holds a control character")
        }
        let isBlank = value.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
        return isBlank ? "\(name);" : "\(name): \(value)"
    }

    private static let reserved: Set<String> = [
        "connection", "content-length", "expect", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// A token of RFC 9110, section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(Self.isTokenByte)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// The list also turns off what libcurl would add: the 100-continue round trip, and the form content type on
    /// requests that name none. nil only when memory has run out.
    private static func build(_ lines: [String], hasContentType: Bool) -> UnsafeMutablePointer<curl_slist>? {
        guard let list = curl_slist_append(nil, "Expect:") else { return nil }
        // Appending to a list that has a head never moves the head.
        for line in (hasContentType ? [] : ["Content-Type:"]) + lines {
            _ = curl_slist_append(list, line)
        }
        return list
    }
}
