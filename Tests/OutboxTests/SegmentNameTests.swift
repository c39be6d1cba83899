import Testing

@testable import Outbox

@Suite struct SegmentNameTests {
    @Test func writtenAndRead() {
        let name = SegmentName(sequence: 42, lane: 3)
        #expect(name.file == "0000000000000042-03.segment")
        #expect(SegmentName(file: name.file) == name)
        let large = SegmentName(sequence: SegmentName.sequenceLimit - 1, lane: 1023)
        #expect(SegmentName(file: large.file) == large)
    }

    @Test(arguments: [
        "lock", "", ".segment", "1.segment", "1-.segment", "-1.segment", "1-2-3.segment", "a-1.segment", "1-2.segmen",
        "+1-2.segment", "1--2.segment", "1 -2.segment", "9999999999999999999-1.segment", "1-2.segment.old",
        "\u{0661}-1.segment",
    ])
    func otherFiles(_ file: String) {
        #expect(SegmentName(file: file) == nil)
    }

    @Test func inOrderOfSequence() {
        let names = [(2, 0), (1, 5), (10, 0), (1, 4)].map { SegmentName(sequence: $0, lane: $1) }
        #expect(names.sorted().map(\.sequence) == [1, 1, 2, 10])
        #expect(names.sorted() == names.sorted { $0.file < $1.file })
    }

    @Test func headersSurviveTheLossOfOneCopy() {
        let header = SegmentHeader(name: SegmentName(sequence: 7, lane: 2), seed: 0xFEED_BEEF)
        var whole = [UInt8](repeating: 0, count: SegmentHeader.bytes)
        whole.withUnsafeMutableBytes { buffer in
            if let base = buffer.baseAddress { header.write(to: base) }
        }
        #expect(whole.withUnsafeBytes { SegmentHeader(reading: $0) } == header)
        for bit in 0..<(SegmentHeader.bytes * 8) {
            var bytes = whole
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(bytes.withUnsafeBytes { SegmentHeader(reading: $0) } == header, "bit \(bit)")
        }
        var both = whole
        both[1] ^= 1
        both[33] ^= 1
        #expect(both.withUnsafeBytes { SegmentHeader(reading: $0) } == nil)
        for count in 0..<SegmentHeader.bytes {
            #expect(Array(whole.prefix(count)).withUnsafeBytes { SegmentHeader(reading: $0) } == nil)
        }
    }
}
