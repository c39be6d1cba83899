package import Storage

/// Makes ids of which each is greater than the one before, whatever the clock does.
///
/// Within one millisecond, and while the clock runs behind, the last id's random bits are raised by a random step
/// (RFC 9562, section 6.2, method 2): ids stay in order and their successors cannot be guessed. Ids of different
/// generators are unique by their 74 random bits. Not secret. One per event loop: a generator takes no lock.
package struct UUIDv7Generator: Sendable {
    private var last: (milliseconds: UInt64, first: UInt64, second: UInt64)?

    package init() {}

    /// Continues behind an id.
    init(after id: UUIDv7) {
        last = (id.high >> 16, id.high & 0xFFF, id.low & UUIDv7.secondMask)
    }

    /// The next id.
    ///
    /// - Parameters:
    ///   - now: what the clock says.
    ///   - random: where the random bits come from; one or two words of it are used.
    package mutating func next(at now: Timestamp, random: inout some RandomNumberGenerator) -> UUIDv7 {
        let clock = min(UInt64(clamping: now.milliseconds), UUIDv7.lastMillisecond)
        let next: (milliseconds: UInt64, first: UInt64, second: UInt64)
        if let last, clock <= last.milliseconds {
            next = Self.successor(of: last, random: &random)
        } else {
            next = Self.fresh(clock, random: &random)
        }
        last = next
        return UUIDv7(milliseconds: next.milliseconds, first: next.first, second: next.second)
    }

    private static func fresh(
        _ milliseconds: UInt64, random: inout some RandomNumberGenerator
    ) -> (milliseconds: UInt64, first: UInt64, second: UInt64) {
        // The topmost random bit stays clear: room for the steps of a burst.
        (milliseconds, random.next() & 0x7FF, random.next() & UUIDv7.secondMask)
    }

    private static func successor(
        of last: (milliseconds: UInt64, first: UInt64, second: UInt64), random: inout some RandomNumberGenerator
    ) -> (milliseconds: UInt64, first: UInt64, second: UInt64) {
        let second = last.second + 1 + random.next() & 0xFFFF_FFFF
        if second <= UUIDv7.secondMask { return (last.milliseconds, last.first, second) }
        if last.first < 0xFFF { return (last.milliseconds, last.first + 1, second & UUIDv7.secondMask) }
        return fresh(min(last.milliseconds + 1, UUIDv7.lastMillisecond), random: &random)
    }
}
