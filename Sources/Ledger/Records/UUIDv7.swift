/// A time-ordered unique id: RFC 9562, version 7. Ids sort by their creation time, as values, as bytes and as text.
package struct UUIDv7: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970 (48 bits), version (4 bits), the first 12 random bits.
    package let high: UInt64
    /// Variant (2 bits), the other 62 random bits.
    package let low: UInt64

    /// nil unless version and variant are those of a version 7 id.
    package init?(high: UInt64, low: UInt64) {
        guard high & 0xF000 == 0x7000, low >> 62 == 0b10 else { return nil }
        self.init(validHigh: high, low: low)
    }

    /// - Parameters:
    ///   - milliseconds: held to the 48 bits there are, which end in the year 10889.
    ///   - first: the lower 12 bits count.
    ///   - second: the lower 62 bits count.
    init(milliseconds: UInt64, first: UInt64, second: UInt64) {
        self.init(
            validHigh: min(milliseconds, Self.lastMillisecond) << 16 | 0x7000 | first & 0xFFF,
            low: 0b10 << 62 | second & Self.secondMask)
    }

    private init(validHigh high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// When the id was made, in milliseconds since 1970; may be ahead of the clock by a little under a burst.
    package var milliseconds: Int { Int(high >> 16) }

    package static func < (left: UUIDv7, right: UUIDv7) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    static let lastMillisecond: UInt64 = 1 << 48 - 1
    static let secondMask: UInt64 = 1 << 62 - 1
}
