/// Names a reservation everywhere: 128 random bits, chosen by the caller.
package struct ReservationID: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new one from the system's random numbers.
    package static func random() -> ReservationID {
        ReservationID(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(low) }

    package static func < (left: ReservationID, right: ReservationID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// 32 lower-case hexadecimal digits, which sort as the ids do.
    package var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            for index in 0..<16 {
                let shift = UInt64(60 - index * 4)
                buffer[index] = Self.digit(high >> shift)
                buffer[index + 16] = Self.digit(low >> shift)
            }
            count = 32
        }
    }

    package var description: String { String(decoding: bytes, as: UTF8.self) }

    private static func digit(_ value: UInt64) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value & 15)
        return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
    }
}
