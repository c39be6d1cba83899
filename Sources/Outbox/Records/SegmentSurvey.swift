/// What is in a segment, record by record.
struct SegmentSurvey: Hashable, Sendable {
    private(set) var records = 0
    /// When the first was appended.
    private(set) var firstTime: Int?
    /// Behind the last good record.
    private(set) var end: Int
    /// Between good records.
    private(set) var damagedBytes = 0
    /// From the end to the last byte that is not zero.
    private(set) var tornBytes = 0

    init(_ bytes: UnsafeRawBufferPointer, seed: UInt32) {
        end = min(SegmentHeader.bytes, bytes.count)
        var walker = FrameWalker(bytes, seed: seed)
        survey: while true {
            switch walker.next() {
            case .record(let view):
                records += 1
                if firstTime == nil { firstTime = view.time }
                end = min(walker.offset, bytes.count)
            case .gap(let skipped): damagedBytes += skipped
            case .end: break survey
            }
        }
        if let last = bytes.lastIndex(where: { $0 != 0 }), last >= end { tornBytes = last + 1 - end }
    }
}
