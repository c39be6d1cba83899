/// CRC-32C, the Castagnoli checksum of iSCSI (RFC 3720, section 12.1), eight bytes at a step.
struct Crc32C {
    private var state: UInt32

    /// Goes on from the checksum of what came before; 0 begins afresh.
    init(continuing value: UInt32 = 0) {
        state = ~value
    }

    /// The checksum of everything so far.
    var value: UInt32 { ~state }

    /// The same as the word's eight bytes, lowest first.
    mutating func update(word: UInt64) {
        state = Self.step(state, word, Self.tables)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        let tables = Self.tables
        var state = state
        var offset = 0
        let whole = bytes.count & ~7
        while offset < whole {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            state = Self.step(state, word, tables)
            offset &+= 8
        }
        while offset < bytes.count {
            let byte = base.load(fromByteOffset: offset, as: UInt8.self)
            state = tables[Int((state ^ UInt32(byte)) & 0xFF)] ^ state &>> 8
            offset &+= 1
        }
        self.state = state
    }

    @inline(__always)
    private static func step(_ state: UInt32, _ word: UInt64, _ tables: UnsafePointer<UInt32>) -> UInt32 {
        let mixed = word ^ UInt64(state)
        let low = UInt32(truncatingIfNeeded: mixed)
        let high = UInt32(truncatingIfNeeded: mixed &>> 32)
        let first = tables[1792 &+ Int(low & 0xFF)] ^ tables[1536 &+ Int(low &>> 8 & 0xFF)]
        let second = tables[1280 &+ Int(low &>> 16 & 0xFF)] ^ tables[1024 &+ Int(low &>> 24)]
        let third = tables[768 &+ Int(high & 0xFF)] ^ tables[512 &+ Int(high &>> 8 & 0xFF)]
        let fourth = tables[256 &+ Int(high &>> 16 & 0xFF)] ^ tables[Int(high &>> 24)]
        return (first ^ second) ^ (third ^ fourth)
    }

    /// Eight tables of 256: the k-th holds the checksum of a byte that k zero bytes follow.
    // Safe: written once, here, immutable afterwards, and as long-lived as the process.
    private nonisolated(unsafe) static let tables: UnsafePointer<UInt32> = {
        let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            (tables + index).initialize(to: value)
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            (tables + index).initialize(to: before >> 8 ^ tables[Int(before & 0xFF)])
        }
        return UnsafePointer(tables)
    }()
}
