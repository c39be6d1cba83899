/// Reads the decimal numbers of a reply, one after the other.
struct ReplyNumbers {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next number; nil at the end, or when there is none.
    mutating func next() -> Int? {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
        var value = 0
        let start = position
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            // Far from an overflow: 18 digits are enough for every amount and time.
            guard position - start < 18 else { return nil }
            value = value * 10 + Int(digit)
            position += 1
        }
        return position == start ? nil : value
    }
}
