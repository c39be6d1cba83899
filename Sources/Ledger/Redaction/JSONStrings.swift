import WireJSON

/// The strings and numbers of a document that is known to be JSON, in their order.
struct JSONStrings {
    enum Token {
        /// Between the quotes. `isName`: of a member.
        case string(Range<Int>, isName: Bool, isEscaped: Bool)
        case number(Range<Int>)
    }

    private let text: ScanBytes
    private var position = 0

    init(_ text: ScanBytes) {
        self.text = text
    }

    /// Whether `bytes` are a JSON object or array, down to the depth that the gateway reads at most.
    static func isDocument(_ bytes: [UInt8]) -> Bool {
        switch bytes.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"): JSONSlice.members(of: 0..<bytes.count, in: bytes) != nil
        case UInt8(ascii: "["): JSONSlice.elements(of: 0..<bytes.count, in: bytes) != nil
        default: false
        }
    }

    mutating func next() -> Token? {
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") { return string() }
            if byte == UInt8(ascii: "-") || byte.isDigit {
                let start = position
                position = text.end(from: position) { $0.isAlphanumeric || (0x2B...0x2E).contains($0) && $0 != 0x2C }
                return .number(start..<position)
            }
            position &+= 1
        }
        return nil
    }

    private mutating func string() -> Token {
        let start = position &+ 1
        var end = start
        var isEscaped = false
        while end < text.count, text[end] != UInt8(ascii: "\"") {
            if text[end] == UInt8(ascii: "\\") {
                isEscaped = true
                end &+= 1
            }
            end &+= 1
        }
        end = min(end, text.count)
        position = text.end(from: end &+ 1) { $0 == 0x20 || (0x09...0x0D).contains($0) }
        return .string(start..<end, isName: text[position] == UInt8(ascii: ":"), isEscaped: isEscaped)
    }
}
