import Testing

@testable import Outbox

@Suite struct Crc32CTests {
    /// RFC 3720, appendix B.4, and the usual check value.
    @Test func knownValues() {
        #expect(Self.checksum(Array("123456789".utf8)) == 0xE306_9283)
        #expect(Self.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(Self.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(Self.checksum(Array(0..<32)) == 0x46DD_794E)
        #expect(Self.checksum((0..<32).reversed()) == 0x113F_DB5C)
        #expect(Self.checksum([]) == 0)
    }

    /// Every length and alignment, against the definition bit by bit.
    @Test func agreesWithTheDefinition() {
        var random = SplitMix64(seed: 1)
        let bytes = (0..<300).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        for start in 0..<9 {
            for end in start...bytes.count {
                let part = Array(bytes[start..<end])
                var checksum = Crc32C()
                bytes.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[start..<end])) }
                #expect(checksum.value == Self.bitwise(part))
            }
        }
    }

    @Test(arguments: UInt64(0)..<50)
    func goesOnWhereItStopped(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = (0..<Int.random(in: 0...500, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        let cut = Int.random(in: 0...bytes.count, using: &random)
        let first = Self.checksum(Array(bytes[..<cut]))
        #expect(Self.checksum(Array(bytes[cut...]), continuing: first) == Self.checksum(bytes))
    }

    @Test func aWordIsItsBytes() {
        let word: UInt64 = 0x0123_4567_89AB_CDEF
        var checksum = Crc32C(continuing: 77)
        checksum.update(word: word)
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        #expect(checksum.value == Self.checksum(bytes, continuing: 77))
    }

    private static func checksum(_ bytes: [UInt8], continuing value: UInt32 = 0) -> UInt32 {
        var checksum = Crc32C(continuing: value)
        bytes.withUnsafeBytes { checksum.update($0) }
        return checksum.value
    }

    private static func bitwise(_ bytes: [UInt8]) -> UInt32 {
        var state = ~UInt32(0)
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0x82F6_3B78 : state >> 1 }
        }
        return ~state
    }
}
