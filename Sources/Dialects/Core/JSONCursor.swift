import WireJSON

/// Steps over the members of an object, or the elements of an array, in JSON that a scan has validated: no validation
/// and no allocation. On bytes that are not valid JSON it stops early; it never reads outside of its range.
struct JSONCursor {
    struct Item {
        /// A member's name without its quotes; empty for elements.
        var name: Range<Int>
        /// The value, a string with its quotes.
        var value: Range<Int>
    }

    private let bytes: [UInt8]
    private let end: Int
    private let isObject: Bool
    private var position: Int

    /// - Parameter range: an object or array with its brackets; anything else has no items.
    init(_ range: Range<Int>, in bytes: [UInt8]) {
        self.bytes = bytes
        let range = range.clamped(to: bytes.indices)
        end = max(range.lowerBound, range.upperBound - 1)
        let first = range.isEmpty ? 0 : bytes[range.lowerBound]
        isObject = first == UInt8(ascii: "{")
        position = isObject || first == UInt8(ascii: "[") ? min(end, range.lowerBound + 1) : end
    }

    /// The next member or element, nil behind the last.
    mutating func next() -> Item? {
        skipSpace()
        guard position < end else { return nil }
        var name = position..<position
        if isObject {
            let start = position + 1
            skipString()
            name = start..<max(start, position - 1)
            skipSpace()
            position += 1  // the colon
            skipSpace()
        }
        let start = position
        skipValue()
        guard position <= end, start < position else {
            position = end
            return nil
        }
        let item = Item(name: name, value: start..<position)
        skipSpace()
        position += 1  // the comma
        return item
    }

    private mutating func skipSpace() {
        while position < end, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func skipValue() {
        guard position < end else { return }
        switch bytes[position] {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested()
        default:
            while position < end, Self.belongsToScalar(bytes[position]) { position += 1 }
        }
    }

    private static func belongsToScalar(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != UInt8(ascii: ",") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]")
    }

    private mutating func skipNested() {
        var depth = 0
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                skipString()
                continue
            // Brackets of both kinds differ in one bit only and balance in valid JSON.
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
    }

    /// From the opening quote to behind the closing one.
    private mutating func skipString() {
        position += 1
        while position < end {
            position = Self.nextMark(bytes, from: position, end: end)
            guard position < end else { return }
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): position += 2
            default: position += 1
            }
        }
    }

    /// The next quote or backslash from `start`, found eight bytes at a time; or, close to `end`, some position
    /// before it.
    private static func nextMark(_ bytes: [UInt8], from start: Int, end: Int) -> Int {
        var position = start
        let raw = bytes.span.bytes
        while position <= end - 8 {
            // Unsafe in name only: the load is checked against the array's bounds, and any bits make a UInt64.
            let load = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let word = UInt64(littleEndian: load)
            let marks = (zeroBytes(word ^ 0x2222_2222_2222_2222) | zeroBytes(word ^ 0x5C5C_5C5C_5C5C_5C5C))
            if marks != 0 { return position + marks.trailingZeroBitCount / 8 }
            position += 8
        }
        return position
    }

    /// The high bits of the bytes that are zero. Borrows can mark a byte above a real one wrongly, never below:
    /// the lowest mark is exact.
    private static func zeroBytes(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}

extension JSONKind {
    /// The kind of a valid value, by its first byte.
    init(firstByte: UInt8) {
        self =
            switch firstByte {
            case UInt8(ascii: "{"): .object
            case UInt8(ascii: "["): .array
            case UInt8(ascii: "\""): .string
            case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
            case UInt8(ascii: "n"): .null
            default: .number
            }
    }

    /// The kind as OpenAI's messages name it; `text` tells integers from decimals.
    func withArticle(_ text: ArraySlice<UInt8>) -> String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: Self.isInteger(text) ? "an integer" : "a decimal number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Whether a number is written without fraction and exponent.
    static func isInteger(_ text: ArraySlice<UInt8>) -> Bool {
        !text.contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }
}
