/// The first 64 bytes of a segment: twice the same 32, so that one damaged copy does not cost the records behind.
///
///     0  8 bytes    `MARTLOB1`; the digit is the version of the format
///     8  UInt64 LE  sequence
///    16  UInt32 LE  lane
///    20  UInt32 LE  seed of the frames' checksums
///    24  4 bytes    0
///    28  UInt32 LE  CRC-32C of the 28 bytes before
struct SegmentHeader: Hashable, Sendable {
    var name: SegmentName
    /// Random and known to nobody else; see ``FrameWalker``.
    var seed: UInt32

    static let bytes = 64
    private static let copyBytes = 32
    private static let magic: UInt64 = 0x3142_4F4C_5452_414D

    init(name: SegmentName, seed: UInt32) {
        self.name = name
        self.seed = seed
    }

    /// From the beginning of a file; nil when neither copy is whole.
    init?(reading file: UnsafeRawBufferPointer) {
        guard file.count >= Self.bytes, let base = file.baseAddress else { return nil }
        guard let header = Self.copy(at: base) ?? Self.copy(at: base + Self.copyBytes) else { return nil }
        self = header
    }

    /// `base` has room for 64 bytes.
    func write(to base: UnsafeMutableRawPointer) {
        for start in [base, base + Self.copyBytes] {
            start.storeBytes(of: Self.magic.littleEndian, as: UInt64.self)
            start.storeBytes(of: UInt64(name.sequence).littleEndian, toByteOffset: 8, as: UInt64.self)
            start.storeBytes(of: UInt32(truncatingIfNeeded: name.lane).littleEndian, toByteOffset: 16, as: UInt32.self)
            start.storeBytes(of: seed.littleEndian, toByteOffset: 20, as: UInt32.self)
            start.storeBytes(of: 0, toByteOffset: 24, as: UInt32.self)
            let checksum = Self.checksum(UnsafeRawPointer(start))
            start.storeBytes(of: checksum.littleEndian, toByteOffset: 28, as: UInt32.self)
        }
    }

    private static func copy(at base: UnsafeRawPointer) -> SegmentHeader? {
        guard UInt64(littleEndian: base.loadUnaligned(as: UInt64.self)) == magic,
            UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 28, as: UInt32.self)) == checksum(base),
            let sequence = Int(exactly: UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        else { return nil }
        let lane = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
        let seed = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        return SegmentHeader(name: SegmentName(sequence: sequence, lane: lane), seed: seed)
    }

    private static func checksum(_ base: UnsafeRawPointer) -> UInt32 {
        var checksum = Crc32C()
        checksum.update(UnsafeRawBufferPointer(start: base, count: 28))
        return checksum.value
    }
}
