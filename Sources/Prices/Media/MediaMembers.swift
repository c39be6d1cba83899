/// The members of an `image_url` or `input_audio` object that decide how many tokens it makes.
struct MediaMembers {
    /// `url` or `data`.
    var content: JSONSteps.Text?
    /// Without quotes; only where it holds no escapes and is short.
    var detail: Range<Int>?

    /// Reads the object whose brace is at `start`; the position behind it.
    mutating func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var position = start &+ 1
        while true {
            position = JSONSteps.afterSpace(bytes, position, end)
            guard position < end else { return end }
            switch bytes[position] {
            case UInt8(ascii: "}"): return position &+ 1
            case UInt8(ascii: "\""): position = member(bytes, position, end)
            default: position &+= 1  // A comma.
            }
        }
    }

    private mutating func member(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        let name = JSONSteps.string(bytes, start, end)
        var position = JSONSteps.afterSpace(bytes, name.end, end)
        guard position < end, bytes[position] == UInt8(ascii: ":") else { return position }
        position = JSONSteps.afterSpace(bytes, position &+ 1, end)
        guard position < end else { return end }
        guard bytes[position] == UInt8(ascii: "\"") else { return JSONSteps.value(bytes, position, end) }
        let text = JSONSteps.string(bytes, position, end)
        if Self.equals(bytes, name.content, "url") || Self.equals(bytes, name.content, "data") {
            content = text
        } else if Self.equals(bytes, name.content, "detail"), !text.isEscaped, text.content.count <= 8 {
            detail = text.content
        }
        return text.end
    }

    private static func equals(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { letters in
            for offset in 0..<letters.count where bytes[range.lowerBound &+ offset] != letters[offset] { return false }
            return true
        }
    }
}
