/// Goes over the records of a segment in memory. Trusts nothing it reads.
///
/// A record that does not check is stepped over if a good one follows anywhere behind it. The seed, which no client
/// knows, keeps bytes that a client chose to look like a record from being taken for one.
struct FrameWalker {
    struct View {
        /// Where the frame begins.
        var offset: Int
        var time: Int
        var payload: UnsafeRawBufferPointer
    }

    enum Step {
        case record(View)
        /// So many bytes that belong to no good record, with a good one behind them.
        case gap(bytes: Int)
        /// No good record from here on.
        case end
    }

    /// The segment from its beginning to where reading ends.
    let bytes: UnsafeRawBufferPointer
    let seed: UInt32
    /// Where the next frame begins; may be past the end by the padding of the last.
    private(set) var offset: Int
    /// Bytes of candidates that may still be checked in the search for the next good record: crafted content could
    /// make every place a candidate.
    private var searchBudget = 64 << 20

    init(_ bytes: UnsafeRawBufferPointer, seed: UInt32, from offset: Int = SegmentHeader.bytes) {
        self.bytes = bytes
        self.seed = seed
        self.offset = offset
    }

    mutating func next() -> Step {
        if let view = view(at: offset) {
            offset += Frame.stride(payload: view.payload.count)
            return .record(view)
        }
        guard let found = search(from: offset + 8) else { return .end }
        let skipped = found - offset
        offset = found
        return .gap(bytes: skipped)
    }

    /// The frame there, if it is whole and its checksum fits.
    private func view(at offset: Int) -> View? {
        guard let size = plausibleSize(at: offset), let base = bytes.baseAddress else { return nil }
        let frame = base + offset
        let stored = UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let time = Int(Int64(littleEndian: frame.loadUnaligned(fromByteOffset: 8, as: Int64.self)))
        let payload = UnsafeRawBufferPointer(start: frame + Frame.headerBytes, count: size - Frame.headerBytes)
        guard Frame.checksum(seed: seed, size: size, time: time, payload: payload) == stored else { return nil }
        return View(offset: offset, time: time, payload: payload)
    }

    private func plausibleSize(at offset: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - Frame.headerBytes, let base = bytes.baseAddress else { return nil }
        let size = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        return size >= Frame.headerBytes && size <= bytes.count - offset ? size : nil
    }

    private mutating func search(from start: Int) -> Int? {
        var candidate = start
        while candidate <= bytes.count - Frame.headerBytes {
            if let size = plausibleSize(at: candidate) {
                searchBudget -= size
                guard searchBudget >= 0 else { return nil }
                if view(at: candidate) != nil { return candidate }
            }
            candidate += 8
        }
        return nil
    }
}
