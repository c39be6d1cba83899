extension UUIDv7 {
    /// From 16 bytes, big endian; nil for any other number of bytes and for another version.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (index, byte) in bytes.enumerated() {
            if index < 8 {
                words.0 = words.0 << 8 | UInt64(byte)
            } else {
                words.1 = words.1 << 8 | UInt64(byte)
            }
        }
        self.init(high: words.0, low: words.1)
    }

    /// 16 bytes, big endian, as databases store it.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            for index in 0..<8 {
                let shift = UInt64(56 - index * 8)
                buffer[index] = UInt8(truncatingIfNeeded: high >> shift)
                buffer[index + 8] = UInt8(truncatingIfNeeded: low >> shift)
            }
            count = 16
        }
    }

    /// Reads ``hex`` or ``description``, in either case of letters; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let isCanonical = text.utf8.count == 36
        guard isCanonical || text.utf8.count == 32 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in text.utf8.enumerated() {
            if isCanonical, Self.dashes.contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let digit = Self.value(ofDigit: byte) else { return nil }
            if digits < 16 {
                words.0 = words.0 << 4 | digit
            } else {
                words.1 = words.1 << 4 | digit
            }
            digits += 1
        }
        self.init(high: words.0, low: words.1)
    }

    /// 32 lower-case hexadecimal digits.
    package var hex: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 { buffer[index] = digit(index) }
            return 32
        }
    }

    /// In groups of 8, 4, 4, 4 and 12 digits.
    private var canonical: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var next = 0
            for index in 0..<36 {
                if Self.dashes.contains(index) {
                    buffer[index] = UInt8(ascii: "-")
                } else {
                    buffer[index] = digit(next)
                    next += 1
                }
            }
            return 36
        }
    }

    /// - Parameter index: 0..<32, from the left.
    private func digit(_ index: Int) -> UInt8 {
        let word = index < 16 ? high : low
        let value = UInt8(truncatingIfNeeded: word >> UInt64((15 - index % 16) * 4)) & 15
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }

    private static func value(ofDigit byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Where the canonical form has its dashes.
    private static let dashes = [8, 13, 18, 23]
}

extension UUIDv7: CustomStringConvertible {
    /// The canonical form: `019a2b3c-4d5e-7f60-8a9b-0c1d2e3f4a5b`.
    package var description: String { canonical }
}
