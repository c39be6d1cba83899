/// Why a document was refused, where, and in which member of it.
package struct JSONError: Error, Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The document stops before its end.
        case unexpectedEnd
        case unexpectedByte
        /// A second member of one object has this name, compared after escapes are resolved.
        case duplicateMember(String)
        /// More open objects and arrays than ``JSONLimits/maxDepth``.
        case tooDeep
        /// More objects and arrays than ``JSONLimits/maxContainers``.
        case tooManyContainers
        /// More values than ``JSONLimits/maxValues``.
        case tooManyValues
        case badUTF8
        case badNumber
        /// An unknown escape, or a surrogate without its other half.
        case badEscape
        /// A control character (below U+0020) inside a string.
        case controlCharacter
        /// Something other than white space follows the document.
        case trailingBytes
        /// Valid so far, but an object is needed.
        case notAnObject
    }

    package var kind: Kind
    /// Byte offset of the fault, in the indices of what was parsed.
    package var offset: Int
    /// The value the fault lies in, such as `messages[0].role`; empty at the top of the document.
    package var path: String
    /// One sentence without a final full stop, fit for a client; names path and offset.
    package var message: String

    package init(kind: Kind, offset: Int, path: String = "", message: String) {
        self.kind = kind
        self.offset = offset
        self.path = path
        self.message = message
    }
}

extension JSONError {
    /// Builds the full error for a fault. The path is found by a second walk up to the fault, so that the
    /// usual walk need not track it.
    /// - Parameter base: the index of the view's first byte in what the caller handed in.
    init(_ fault: JSONFault, in view: ByteView, limits: JSONLimits, base: Int = 0) {
        var walker = JSONWalker(view, limits: limits)
        var sink = PathSink(view: view)
        do throws(JSONFault) {
            try walker.walk(&sink)
        } catch {}
        let offset = fault.offset &+ base
        let path = fault.reason == .trailingBytes ? "" : sink.path
        var sentence = Self.sentence(fault, in: view, limits)
        sentence += path.isEmpty ? " (byte \(offset))" : " in \(path) (byte \(offset))"
        self.init(kind: Self.kind(fault, in: view), offset: offset, path: path, message: sentence)
    }

    private static func kind(_ fault: JSONFault, in view: ByteView) -> Kind {
        switch fault.reason {
        case .unexpectedEnd: .unexpectedEnd
        case .unexpectedByte: .unexpectedByte
        case .duplicateMember: .duplicateMember(duplicatedName(fault, in: view))
        case .tooDeep: .tooDeep
        case .tooManyContainers: .tooManyContainers
        case .tooManyValues: .tooManyValues
        case .badUTF8: .badUTF8
        case .badNumber: .badNumber
        case .badEscape: .badEscape
        case .controlCharacter: .controlCharacter
        case .trailingBytes: .trailingBytes
        case .notAnObject: .notAnObject
        }
    }

    private static func sentence(_ fault: JSONFault, in view: ByteView, _ limits: JSONLimits) -> String {
        switch fault.reason {
        case .unexpectedEnd: "Unexpected end of JSON, expected \(fault.expected.text)"
        case .unexpectedByte: "Unexpected \(describe(view[fault.offset])), expected \(fault.expected.text)"
        case .duplicateMember: "Duplicate member \"\(PathSink.shortened(duplicatedName(fault, in: view)))\""
        case .tooDeep: "Objects and arrays are nested too deeply"
        case .tooManyContainers: "More than \(limits.maxContainers) objects and arrays"
        case .tooManyValues: "More than \(limits.maxValues) values"
        case .badUTF8: "Invalid UTF-8"
        case .badNumber: "Malformed number"
        case .badEscape: "Malformed escape in a string"
        case .controlCharacter: "Unescaped \(describe(view[fault.offset])) in a string"
        case .trailingBytes: "Unexpected \(describe(view[fault.offset])) after the end of the JSON document"
        case .notAnObject: "Expected a JSON object"
        }
    }

    private static func duplicatedName(_ fault: JSONFault, in view: ByteView) -> String {
        var end = fault.offset
        while end < view.count, view[end] != UInt8(ascii: "\"") {
            end &+= view[end] == UInt8(ascii: "\\") ? 2 : 1
        }
        return String(decoding: view.unescaped(fault.offset..<min(end, view.count)), as: UTF8.self)
    }

    private static func describe(_ byte: UInt8) -> String {
        switch byte {
        case 0x21...0x7E: "'\(Character(Unicode.Scalar(byte)))'"
        case 0x20: "space"
        case 0x0A, 0x0D: "line break"
        case 0x00..<0x20, 0x7F: "control character \(byte)"
        default: "byte \(byte)"
        }
    }
}

extension JSONFault.Expectation {
    fileprivate var text: String {
        switch self {
        case .value: "a value"
        case .nameOrEnd: "a member name or '}'"
        case .name: "a member name"
        case .colon: "':'"
        case .commaOrObjectEnd: "',' or '}'"
        case .commaOrArrayEnd: "',' or ']'"
        case .stringEnd: "the rest of a token"
        case .object: "an object"
        }
    }
}
