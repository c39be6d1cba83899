/// The `prompt` of `/v1/completions` or the `input` of `/v1/embeddings`: a text, texts, tokens, or arrays of tokens.
struct TextList {
    /// Bytes of the texts, as JSON.
    private(set) var textBytes = 0
    private(set) var tokenIDs = 0
    /// How many texts; at least 1.
    private(set) var count = 1

    init(_ range: Range<Int>, in body: [UInt8]) {
        let span = body.span
        guard span[range.lowerBound] == UInt8(ascii: "[") else {
            textBytes = range.count
            return
        }
        let first = JSONSteps.afterSpace(span, range.lowerBound + 1, range.upperBound)
        guard first < range.upperBound else { return }
        switch span[first] {
        case UInt8(ascii: "\""):
            textBytes = range.count
            count = Self.elements(span, range)
        case UInt8(ascii: "["):
            tokenIDs = Self.separators(span, range, UInt8(ascii: ",")) + 1
            // The outer bracket is not a list of tokens.
            count = max(1, Self.separators(span, range, UInt8(ascii: "[")) - 1)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            tokenIDs = Self.separators(span, range, UInt8(ascii: ",")) + 1
        default: textBytes = range.count
        }
    }

    /// Elements of an array of strings.
    private static func elements(_ span: Span<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        var position = range.lowerBound + 1
        while position < range.upperBound {
            if span[position] == UInt8(ascii: "\"") {
                count += 1
                position = JSONSteps.string(span, position, range.upperBound).end
            } else {
                position += 1
            }
        }
        return max(1, count)
    }

    /// How often a byte occurs; only for arrays of numbers, which hold no strings.
    private static func separators(_ span: Span<UInt8>, _ range: Range<Int>, _ byte: UInt8) -> Int {
        var count = 0
        for position in range where span[position] == byte { count += 1 }
        return count
    }
}
