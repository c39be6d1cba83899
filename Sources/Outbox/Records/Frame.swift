import Synchronization

/// How a record lies in a segment.
///
///     0  UInt32 LE  bytes of the frame: 16 and the payload; 0 where no record has been written yet
///     4  UInt32 LE  CRC-32C of the frame's size, its time and the payload, continuing the segment's seed
///     8  Int64 LE   when it was appended, in milliseconds since 1970
///    16             the payload, then up to seven bytes to the next multiple of eight
///
/// The first eight bytes are stored last and in one go: a record that was being written when its process was killed
/// has the size 0. One that a power failure tore has a checksum that does not fit.
enum Frame {
    static let headerBytes = 16

    /// What a payload takes, with header and padding.
    static func stride(payload count: Int) -> Int {
        (headerBytes &+ count &+ 7) & ~7
    }

    static func checksum(seed: UInt32, size: Int, time: Int, payload: UnsafeRawBufferPointer) -> UInt32 {
        var checksum = Crc32C(continuing: seed)
        checksum.update(word: UInt64(truncatingIfNeeded: size))
        checksum.update(word: UInt64(truncatingIfNeeded: time))
        checksum.update(payload)
        return checksum.value
    }

    /// Turns the payload already written behind `base + 16` into a record.
    static func seal(at base: UnsafeMutableRawPointer, payload count: Int, time: Int, seed: UInt32) {
        let size = headerBytes &+ count
        let payload = UnsafeRawBufferPointer(start: base + headerBytes, count: count)
        let checksum = checksum(seed: seed, size: size, time: time, payload: payload)
        base.storeBytes(of: Int64(time).littleEndian, toByteOffset: 8, as: Int64.self)
        // Neither compiler nor processor may store the word before the rest.
        atomicMemoryFence(ordering: .releasing)
        let word = UInt64(truncatingIfNeeded: size) | UInt64(checksum) << 32
        base.storeBytes(of: word.littleEndian, as: UInt64.self)
    }
}
