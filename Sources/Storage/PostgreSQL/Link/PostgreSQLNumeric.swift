/// A decimal number of any length in PostgreSQL's binary format (`numeric_send`): a head of four 16-bit words, then
/// digits to the base of 10,000.
struct PostgreSQLNumeric {
    private enum Sign: UInt16 {
        case positive = 0x0000
        case negative = 0x4000
        case notANumber = 0xC000
        case infinity = 0xD000
        case negativeInfinity = 0xF000
    }

    private let sign: Sign
    /// The place of the first digit: it counts 10,000 to this power.
    private let weight: Int
    private let digits: [Int64]

    init(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        let words = stride(from: 0, to: bytes.count - 1, by: 2).map {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self))
        }
        // Digits, weight, sign, scale for display.
        guard words.count >= 4, words.count == 4 + Int(words[0]), bytes.count == words.count * 2,
            let sign = Sign(rawValue: words[2]), words[4...].allSatisfy({ $0 < 10_000 })
        else { throw .corrupt("PostgreSQL sent a malformed decimal number") }
        self.sign = sign
        weight = Int(Int16(bitPattern: words[1]))
        digits = words[4...].map(Int64.init)
    }

    /// An integer when it has no fraction; one that needs more than 64 bits is an error, as SQLite's `sum` makes it.
    var sqlValue: SQLValue {
        get throws(StorageError) {
            switch sign {
            case .notANumber: return .null
            case .infinity: return .real(.infinity)
            case .negativeInfinity: return .real(-.infinity)
            case .positive, .negative: break
            }
            let isWhole = digits.enumerated().allSatisfy { $0.offset <= weight || $0.element == 0 }
            guard isWhole else { return .real(real) }
            guard let integer else { throw .invalid("integer overflow: a whole number needs more than 64 bits") }
            return .integer(integer)
        }
    }

    /// Counted downwards, because the smallest integer has no positive counterpart.
    private var integer: Int64? {
        guard weight >= 0, !digits.isEmpty else { return 0 }
        var number: Int64 = 0
        for place in 0...weight {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10_000)
            let digit = digits.indices.contains(place) ? digits[place] : 0
            let (sum, underflow) = product.subtractingReportingOverflow(digit)
            if overflow || underflow { return nil }
            number = sum
        }
        if sign == .negative { return number }
        let (positive, overflow) = Int64(0).subtractingReportingOverflow(number)
        return overflow ? nil : positive
    }

    /// The nearest, by way of the decimal text.
    private var real: Double {
        let text = digits.map { String(String($0 + 10_000).dropFirst()) }.joined()
        let exponent = (weight - digits.count + 1) * 4
        let magnitude = Double("\(text)e\(exponent)") ?? .nan
        return sign == .negative ? -magnitude : magnitude
    }
}
