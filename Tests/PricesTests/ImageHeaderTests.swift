import Dialects
import Testing

@testable import Prices

@Suite struct ImageHeaderTests {
    private func size(_ bytes: [UInt8]) -> PixelSize? {
        let text = Array(Samples.base64(bytes).utf8)
        return PixelSize(header: Base64Bytes(text.indices, in: text, isEscaped: false))
    }

    @Test func readsPNGAndGIF() {
        #expect(size(Samples.png(1024, 768)) == PixelSize(width: 1024, height: 768))
        #expect(size(Samples.png(70_000, 1)) == PixelSize(width: 70_000, height: 1))
        #expect(size(Samples.gif(300, 65_535)) == PixelSize(width: 300, height: 65_535))
        // What no provider takes is bounded before anything is computed from it.
        #expect(size(Samples.png(0xFFFF_FFFF, 0xFFFF_FFFF)) == PixelSize(width: 131_072, height: 131_072))
        #expect(size(Samples.png(0, 5)) == nil)
    }

    @Test func readsJPEG() {
        for frame: UInt8 in [0xC0, 0xC1, 0xC2, 0xC9] {
            #expect(size(Samples.jpeg(4032, 3024, frame: frame)) == PixelSize(width: 4032, height: 3024))
        }
        #expect(size(Samples.jpeg(640, 480, profile: 0)) == PixelSize(width: 640, height: 480))
        #expect(size(Samples.jpeg(640, 480, profile: 65_533)) == PixelSize(width: 640, height: 480))
        // A profile that runs past the end, scan data before a frame, and nothing but markers.
        #expect(size([0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF, 0, 0]) == nil)
        #expect(size([0xFF, 0xD8, 0xFF, 0xDA, 0, 4, 0, 0, 0xFF, 0xC0, 0, 17, 8, 1, 1, 1, 1]) == nil)
        #expect(size([0xFF, 0xD8] + Array(repeating: 0xFF, count: 5000)) == nil)
        #expect(size([0xFF, 0xD8, 0xFF, 0xE1, 0, 0] + Array(repeating: 0, count: 50)) == nil)
    }

    @Test func readsWebP() {
        let lossy: [UInt8] = [0x10, 0, 0, 0x9D, 0x01, 0x2A] + Samples.little(800 | 1 << 14, 2) + Samples.little(600, 2)
        #expect(size(Samples.webP("VP8 ", lossy)) == PixelSize(width: 800, height: 600))
        let lossless: [UInt8] = [0x2F] + Samples.little(799 | 599 << 14 | 1 << 28, 4)
        #expect(size(Samples.webP("VP8L", lossless)) == PixelSize(width: 800, height: 600))
        let extended: [UInt8] = [0x10, 0, 0, 0] + Samples.little(99_999, 3) + Samples.little(599, 3)
        #expect(size(Samples.webP("VP8X", extended)) == PixelSize(width: 100_000, height: 600))
        #expect(size(Samples.webP("VP9 ", lossy)) == nil)
        #expect(size(Samples.webP("VP8 ", Array(repeating: 1, count: 20))) == nil)
    }

    @Test func survivesCutsAndNoise() {
        var random = SplitMix64(seed: 7)
        let files = [
            Samples.png(9, 9), Samples.gif(9, 9), Samples.jpeg(9, 9, profile: 30), Samples.webP("VP8X", [1, 2, 3]),
            Samples.wav(bytes: 20, perSecond: 8000), Samples.mp3(bytes: 100, tag: 5),
        ]
        for file in files {
            for count in 0...file.count {
                var bytes = Array(file.prefix(count))
                for _ in 0..<random.below(4) where !bytes.isEmpty {
                    bytes[random.below(bytes.count)] = UInt8(random.below(256))
                }
                let text = Array(Samples.base64(bytes).utf8)
                let encoded = Base64Bytes(text.indices, in: text, isEscaped: random.below(2) == 0)
                #expect(encoded.count == bytes.count)
                _ = PixelSize(header: encoded)
                #expect(AudioLength.milliseconds(encoded) >= 0)
            }
        }
    }

    @Test func decodesEveryByteWithAndWithoutEscapes() {
        let bytes = (0..<700).map { UInt8(truncatingIfNeeded: $0 &* 151) }
        let plain = Array(Samples.base64(bytes).utf8)
        let first = Base64Bytes(plain.indices, in: plain, isEscaped: false)
        #expect(bytes.indices.allSatisfy { first[$0] == bytes[$0] })
        #expect(first[700] == nil)
        #expect(first[-1] == nil)
        // As PHP and .NET write it, with a line break now and then.
        let spelled = Samples.base64(bytes).map {
            $0 == "/" ? "\\/" : $0 == "+" ? "\\u002B" : $0 == "A" ? "A\\r\\n" : String($0)
        }
        let escaped = Array(spelled.joined().utf8)
        let second = Base64Bytes(escaped.indices, in: escaped, isEscaped: true)
        #expect(bytes.indices.allSatisfy { second[$0] == bytes[$0] })
    }

    /// A string with escapes is copied only up to a bound, wherever that cuts it.
    @Test func cutsLongEscapedText() {
        for shift in 0..<7 {
            let text = Array((String(repeating: "A", count: shift) + String(repeating: "\\u002B", count: 40_000)).utf8)
            let bytes = Base64Bytes(text.indices, in: text, isEscaped: true)
            #expect(bytes[0] != nil)
            #expect(bytes[10_000] != nil)
            #expect(bytes[170_000] == nil)
        }
    }
}
