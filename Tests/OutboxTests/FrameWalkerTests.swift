import Testing

@testable import Outbox

@Suite struct FrameWalkerTests {
    private static func image(_ sizes: [Int] = [40, 0, 1, 7, 8, 9, 400, 40]) -> SegmentImage {
        var image = SegmentImage()
        for (number, size) in sizes.enumerated() {
            image.append(Array(Sample.record(number, bytes: size).prefix(size)))
        }
        return image
    }

    @Test func findsWhatWasWritten() {
        let image = Self.image()
        let found = SegmentImage.walk(image.bytes, seed: image.seed)
        #expect(found.payloads == image.payloads)
        #expect(found.gaps.isEmpty)
        let survey = image.survey()
        #expect(survey.records == image.payloads.count)
        #expect(survey.end == image.end)
        #expect(survey.tornBytes == 0)
        #expect(survey.firstTime == 7)
    }

    /// Whatever was lost behind any byte: a prefix of the records, whole ones.
    @Test func cutAtEveryByte() {
        let image = Self.image()
        for cut in 0...image.end {
            let found = SegmentImage.walk(Array(image.bytes[..<cut]), seed: image.seed)
            let whole = zip(image.boundaries, image.payloads).prefix { start, payload in
                start + Frame.headerBytes + payload.count <= cut
            }
            #expect(found.payloads == whole.map(\.1), "cut at \(cut)")
            #expect(found.gaps.isEmpty)
        }
    }

    /// The same where the file keeps its length and the rest of it is zeros: what a power failure leaves.
    @Test func zerosFromEveryByte() {
        let image = Self.image()
        for cut in SegmentHeader.bytes...image.end {
            var bytes = image.bytes
            for index in cut..<image.end { bytes[index] = 0 }
            let found = SegmentImage.walk(bytes, seed: image.seed)
            #expect(found.payloads == Array(image.payloads.prefix(found.payloads.count)), "zeros from \(cut)")
            let whole = zip(image.boundaries, image.payloads).prefix { start, payload in
                start + Frame.headerBytes + payload.count <= cut
            }
            #expect(found.payloads.count >= whole.count)
        }
    }

    /// And where the tail is anything at all.
    @Test(arguments: UInt64(0)..<40)
    func noiseFromAnyByte(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let image = Self.image()
        let cut = Int.random(in: SegmentHeader.bytes...image.end, using: &random)
        var bytes = image.bytes
        for index in cut..<bytes.count { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        let found = SegmentImage.walk(bytes, seed: image.seed)
        #expect(found.payloads == Array(image.payloads.prefix(found.payloads.count)))
    }

    /// One changed bit costs the record it is in, no other, and yields nothing that was never written.
    @Test func everyBitFlip() {
        let image = Self.image([40, 16, 3])
        for bit in (SegmentHeader.bytes * 8)..<(image.end * 8) {
            var bytes = image.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            let found = SegmentImage.walk(bytes, seed: image.seed)
            let victim = image.boundaries.lastIndex { $0 <= bit / 8 } ?? 0
            let start = image.boundaries[victim]
            let isPadding = bit / 8 >= start + Frame.headerBytes + image.payloads[victim].count
            var expected = image.payloads
            if !isPadding { expected.remove(at: victim) }
            #expect(found.payloads == expected, "bit \(bit)")
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func anyDamage(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var image = SegmentImage(seed: UInt32.random(in: .min ... .max, using: &random))
        while image.end < 3500 {
            image.append(Sample.record(image.payloads.count, bytes: Int.random(in: 0...120, using: &random)))
        }
        var bytes = image.bytes
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let place = Int.random(in: SegmentHeader.bytes..<bytes.count, using: &random)
            switch Int.random(in: 0...2, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            default: for index in place..<min(place + 64, bytes.count) { bytes[index] = 0 }
            }
        }
        let found = SegmentImage.walk(bytes, seed: image.seed)
        // A subsequence: each found record is one that was written, in its order.
        var rest = image.payloads[...]
        for payload in found.payloads {
            guard let place = rest.firstIndex(of: payload) else {
                Issue.record("a record that was never written")
                return
            }
            rest = rest[(place + 1)...]
        }
    }

    @Test func stepsOverAGap() {
        let image = Self.image([40, 40, 40, 40])
        var bytes = image.bytes
        bytes[image.boundaries[1] + 20] ^= 1
        // Its size too, so that nothing says where the next one begins.
        bytes[image.boundaries[1] + 1] = 0xFF
        let found = SegmentImage.walk(bytes, seed: image.seed)
        #expect(found.payloads == [image.payloads[0], image.payloads[2], image.payloads[3]])
        #expect(found.gaps == [image.boundaries[2] - image.boundaries[1]])
    }

    /// A client can send bytes that look like a record. While the record they are in is whole they are never looked
    /// at; when it is torn they do not check, since the client does not know the seed.
    @Test func forgedRecordsAreNotFound() {
        var forgery = SegmentImage(seed: 0)
        forgery.append(Array("pay 1000000".utf8))
        let fake = Array(forgery.bytes[SegmentHeader.bytes..<forgery.end])
        var image = SegmentImage(seed: 0x5EED_5EED)
        image.append(Sample.record(1))
        image.append(fake)
        #expect(SegmentImage.walk(image.bytes, seed: image.seed).payloads == image.payloads)
        var torn = image.bytes
        for index in image.boundaries[1]..<(image.boundaries[1] + 8) { torn[index] = 0 }
        let found = SegmentImage.walk(torn, seed: image.seed)
        #expect(found.payloads == [image.payloads[0]])
        // With the seed of its own it would have been.
        #expect(SegmentImage.walk(forgery.bytes, seed: 0).payloads.count == 1)
    }

    /// Content made so that every place could be a record costs a bounded search.
    @Test func theSearchIsBounded() {
        let count = 4 << 20
        var bytes = [UInt8](repeating: 0, count: count)
        bytes.withUnsafeMutableBytes { buffer in
            for offset in stride(from: SegmentHeader.bytes, to: count - 8, by: 8) {
                buffer.storeBytes(of: UInt32(max(16, (count - offset) / 2)), toByteOffset: offset, as: UInt32.self)
            }
        }
        #expect(SegmentImage.walk(bytes, seed: 1).payloads.isEmpty)
    }

    @Test func shortInput() {
        for count in 0..<(SegmentHeader.bytes + 40) {
            #expect(SegmentImage.walk([UInt8](repeating: 0xFF, count: count), seed: 1).payloads.isEmpty)
        }
        #expect(SegmentImage.walk([], seed: 1).payloads.isEmpty)
    }

    @Test func theSurveyCountsWhatIsTorn() {
        var image = Self.image([40, 40])
        let end = image.end
        image.append(Sample.record(9))
        var bytes = image.bytes
        bytes[end] ^= 0xFF
        let survey = bytes.withUnsafeBytes { SegmentSurvey($0, seed: image.seed) }
        #expect(survey.records == 2)
        #expect(survey.end == end)
        #expect(survey.tornBytes == 16 + 40)
        #expect(survey.damagedBytes == 0)
    }
}
