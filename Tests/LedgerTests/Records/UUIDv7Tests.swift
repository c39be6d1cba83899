import Storage
import Testing

@testable import Ledger

@Suite struct UUIDv7Tests {
    /// The example of RFC 9562, appendix A.6.
    @Test func theExampleOfTheStandard() throws {
        let id = try #require(UUIDv7("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"))
        #expect(id.milliseconds == 1_645_557_742_000)
        #expect(id.description == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f")
        #expect(id.hex == "017f22e279b07cc398c4dc0c0c07398f")
        #expect(id.bytes.first == 0x01 && id.bytes.last == 0x8F)
    }

    @Test func formsReadBack() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<500 {
            let id = UUIDv7.random(using: &random)
            #expect(UUIDv7(id.description) == id)
            #expect(UUIDv7(id.hex) == id)
            #expect(UUIDv7(id.hex.uppercased()) == id)
            #expect(UUIDv7(bytes: id.bytes) == id)
            #expect(UUIDv7(high: id.high, low: id.low) == id)
        }
    }

    @Test(arguments: [
        "", "017f22e2", "017f22e279b07cc398c4dc0c0c07398", "017f22e279b07cc398c4dc0c0c07398g",
        "017f22e279b04cc398c4dc0c0c07398f",  // version 4
        "017f22e279b07cc3d8c4dc0c0c07398f",  // another variant
        "017f22e279b0-7cc3-98c4-dc0c-0c07398f",  // dashes in other places
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "０17f22e279b07cc398c4dc0c0c0739",
        "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    ])
    func otherTextsAreNone(text: String) {
        #expect(UUIDv7(text) == nil)
    }

    @Test func otherBytesAreNone() {
        var random = SplitMix64(seed: 2)
        let bytes = UUIDv7.random(using: &random).bytes
        #expect(UUIDv7(bytes: bytes.dropLast()) == nil)
        #expect(UUIDv7(bytes: bytes + [0]) == nil)
        #expect(UUIDv7(bytes: [UInt8](repeating: 0, count: 16)) == nil)
        #expect(UUIDv7(bytes: [UInt8](repeating: 255, count: 16)) == nil)
    }

    /// Values, bytes and texts sort alike, so that a database's order is the program's.
    @Test func orderIsOneOrder() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            let (left, right) = (UUIDv7.random(using: &random), UUIDv7.random(using: &random))
            #expect((left < right) == left.bytes.lexicographicallyPrecedes(right.bytes))
            #expect((left < right) == (left.hex < right.hex))
            #expect((left < right) == (left.description < right.description))
            if left.milliseconds < right.milliseconds { #expect(left < right) }
        }
    }

    @Test func aGeneratorCarriesTheClock() {
        var random = SplitMix64(seed: 4)
        var generator = UUIDv7Generator()
        for time in [0, 1, 1_772_366_400_123, 1 << 48 - 1] {
            #expect(generator.next(at: Timestamp(milliseconds: time), random: &random).milliseconds == time)
        }
    }

    @Test func idsRiseWhateverTheClockDoes() {
        var random = SplitMix64(seed: 5)
        var generator = UUIDv7Generator()
        var last = generator.next(at: Timestamp(milliseconds: 1_000_000), random: &random)
        var time = 1_000_000
        for _ in 0..<20_000 {
            // Mostly still, sometimes forwards, sometimes back.
            time += [0, 0, 0, 0, 1, -3, 2][Int.random(in: 0..<7, using: &random)]
            let next = generator.next(at: Timestamp(milliseconds: time), random: &random)
            #expect(last < next)
            last = next
        }
    }

    /// Every random word is as high as can be: the bits run over into the next millisecond, and order stays.
    @Test func aBurstRunsOverIntoTheNextMillisecond() {
        struct Ones: RandomNumberGenerator {
            mutating func next() -> UInt64 { .max }
        }
        var ones = Ones()
        // The first and the second part of the bits are both about to run over, or only the second is.
        for (first, milliseconds) in [(UInt64(0xFFF), 6), (0xFFE, 5)] {
            var last = UUIDv7(milliseconds: 5, first: first, second: UUIDv7.secondMask - 5)
            var generator = UUIDv7Generator(after: last)
            let next = generator.next(at: Timestamp(milliseconds: 5), random: &ones)
            #expect(next.milliseconds == milliseconds)
            for _ in 0..<100 {
                let next = generator.next(at: Timestamp(milliseconds: 5), random: &ones)
                #expect(last < next)
                last = next
            }
        }
    }

    @Test(arguments: [Int.min, -1, 1 << 48, Int.max])
    func momentsOutsideTheRangeAreHeldToIt(milliseconds: Int) {
        var random = SplitMix64(seed: 6)
        var generator = UUIDv7Generator()
        let id = generator.next(at: Timestamp(milliseconds: milliseconds), random: &random)
        #expect(id.milliseconds == (milliseconds < 0 ? 0 : 1 << 48 - 1))
        let next = generator.next(at: Timestamp(milliseconds: milliseconds), random: &random)
        #expect(next != id)
    }

    @Test func generatorsDoNotCollide() {
        var random = SplitMix64(seed: 7)
        var ids: Set<UUIDv7> = []
        for _ in 0..<8 {
            var generator = UUIDv7Generator()
            for _ in 0..<1000 { ids.insert(generator.next(at: Timestamp(milliseconds: 9), random: &random)) }
        }
        #expect(ids.count == 8000)
    }
}
