@testable import Outbox

/// A segment in memory, without any file.
struct SegmentImage {
    let seed: UInt32
    private(set) var bytes: [UInt8]
    private(set) var payloads: [[UInt8]] = []
    /// Where the frames begin, and where the last ends.
    private(set) var boundaries = [SegmentHeader.bytes]

    init(seed: UInt32 = 0xABCD_1234, capacity: Int = 4096) {
        self.seed = seed
        bytes = [UInt8](repeating: 0, count: capacity)
        let header = SegmentHeader(name: SegmentName(sequence: 1, lane: 0), seed: seed)
        bytes.withUnsafeMutableBytes { buffer in
            if let base = buffer.baseAddress { header.write(to: base) }
        }
    }

    var end: Int { boundaries[boundaries.count - 1] }

    mutating func append(_ payload: [UInt8], time: Int = 7) {
        let start = end
        let seed = seed
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            UnsafeMutableRawBufferPointer(rebasing: buffer[(start + Frame.headerBytes)...]).copyBytes(from: payload)
            Frame.seal(at: base + start, payload: payload.count, time: time, seed: seed)
        }
        payloads.append(payload)
        boundaries.append(start + Frame.stride(payload: payload.count))
    }

    /// What a walker finds in such bytes.
    static func walk(_ bytes: [UInt8], seed: UInt32) -> (payloads: [[UInt8]], gaps: [Int]) {
        var payloads: [[UInt8]] = []
        var gaps: [Int] = []
        bytes.withUnsafeBytes { buffer in
            var walker = FrameWalker(buffer, seed: seed)
            while true {
                switch walker.next() {
                case .record(let view): payloads.append(Array(view.payload))
                case .gap(let skipped): gaps.append(skipped)
                case .end: return
                }
            }
        }
        return (payloads, gaps)
    }

    func survey() -> SegmentSurvey {
        bytes.withUnsafeBytes { SegmentSurvey($0, seed: seed) }
    }
}
