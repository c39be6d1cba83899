import WireJSON

/// One value on an ``AnswerTape``: an object's member or an array's element.
struct AnswerEntry {
    var key = AnswerKey.other
    var kind = JSONKind.null
    /// The quote that opens the member's name; of an array's element: the value itself.
    var whole: Int32 = 0
    /// The value's first byte.
    var start: Int32 = 0
    /// Behind the value's last byte.
    var end: Int32 = 0
    /// The position of the entry behind this one and everything below it.
    var next: Int32 = 0

    /// The value's bytes.
    var value: Range<Int> { Int(start)..<Int(end) }
    /// Name, colon and value.
    var member: Range<Int> { Int(whole)..<Int(end) }
    /// The content of a string value, between its quotes; empty for `""`.
    var content: Range<Int> { Int(start) &+ 1..<Swift.max(Int(start) &+ 1, Int(end) &- 1) }

    /// A string with at least one character.
    var isText: Bool { kind == .string && end &- start > 2 }
    /// `null`, `""`, `[]` or `{}`: nothing a client would miss.
    var isHollow: Bool {
        switch kind {
        case .null: true
        case .string, .array, .object: end &- start <= 2
        case .number, .bool: false
        }
    }

    /// Whether any array in the value has an element: log probabilities of no tokens are nothing to show.
    func hasElements(in bytes: [UInt8]) -> Bool {
        guard kind == .object, value.upperBound <= bytes.count else { return false }
        var isOpen = false
        for byte in bytes[value] where byte > 0x20 {
            if isOpen, byte != UInt8(ascii: "]") { return true }
            isOpen = byte == UInt8(ascii: "[")
        }
        return false
    }

    /// What the official SDKs take for an error: anything but `null`, `false` and nothing.
    var isTruthy: Bool { !isHollow && !(kind == .bool && end &- start == 5) }

    /// Whether the value is this string.
    func spells(_ text: StaticString, in data: [UInt8]) -> Bool {
        guard kind == .string, content.upperBound <= data.count else { return false }
        return text.equals(data[content])
    }

    /// UTF-8 bytes that a string stands for once its escapes are resolved, for estimates: `\uXXXX` counts as
    /// the three bytes it mostly is. 0 for anything else.
    func textBytes(in data: [UInt8]) -> Int {
        kind == .string && content.upperBound <= data.count ? Self.textBytes(of: content, in: data) : 0
    }

    /// The same for a string's content.
    static func textBytes(of content: Range<Int>, in data: [UInt8]) -> Int {
        var bytes = content.count
        let span = data.span
        var index = content.lowerBound
        while index < content.upperBound {
            if span[index] != UInt8(ascii: "\\") {
                index &+= 1
            } else if index &+ 5 < content.upperBound, span[index &+ 1] == UInt8(ascii: "u") {
                bytes &-= 3
                index &+= 6
            } else {
                bytes &-= 1
                index &+= 2
            }
        }
        return bytes
    }
}
