import Testing

@testable import Prices

@Suite struct AudioLengthTests {
    private func milliseconds(_ bytes: [UInt8]) -> Int {
        let text = Array(Samples.base64(bytes).utf8)
        return AudioLength.milliseconds(Base64Bytes(text.indices, in: text, isEscaped: false))
    }

    @Test func readsWAV() {
        #expect(milliseconds(Samples.wav(bytes: 32_000, perSecond: 32_000)) == 1000)
        #expect(milliseconds(Samples.wav(bytes: 16_001, perSecond: 32_000)) == 501)
        // A chunk of odd length in front (and its padding).
        let list = Array("LIST".utf8) + Samples.little(5, 4) + Array(repeating: 1, count: 6)
        #expect(milliseconds(Samples.wav(bytes: 8000, perSecond: 16_000, extra: list)) == 500)
        // Streams state 0 or the largest number: what is there counts. So it does for a lie.
        for stated in [0, 0xFFFF_FFFF, 99_000_000] {
            #expect(milliseconds(Samples.wav(bytes: 48_000, perSecond: 48_000, stated: stated)) == 1000)
        }
        #expect(milliseconds(Samples.wav(bytes: 48_000, perSecond: 48_000, stated: 24_000)) == 500)
        // No rate: 44 bytes of header and 8,000 of sound at 8,000 bytes per second.
        #expect(milliseconds(Samples.wav(bytes: 8000, perSecond: 0)) == 1006)
        #expect(milliseconds(Samples.wav(bytes: 2000, perSecond: 1)) == 2_000_000)
    }

    @Test func readsMP3() {
        // 128 kbit/s are 16,000 bytes per second.
        #expect(milliseconds(Samples.mp3(bytes: 16_000)) == 1000)
        #expect(milliseconds(Samples.mp3(bytes: 16_000, tag: 3000)) == 1000)
        // MPEG-2 layer III at 32 kbit/s (index 4): 4,000 bytes per second.
        #expect(milliseconds(Samples.mp3(bytes: 4000, header: [0xFF, 0xF3, 0x40, 0xC0])) == 1000)
    }

    @Test func fallsBackToTheSize() {
        // 64 kbit/s.
        #expect(milliseconds(Array(repeating: 0x42, count: 8000)) == 1000)
        // Free bit rate, a bad one, and layer II.
        for header: [UInt8] in [[0xFF, 0xFB, 0x00, 0], [0xFF, 0xFB, 0xF0, 0], [0xFF, 0xFD, 0x90, 0]] {
            #expect(milliseconds(Samples.mp3(bytes: 8000, header: header)) == 1000)
        }
        #expect(milliseconds([]) == 0)
    }

    @Test func isBoundedByADay() {
        #expect(milliseconds(Samples.wav(bytes: 90_000, perSecond: 1)) == 86_400_000)
    }
}
