/// The hash slots of a cluster
/// (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model>).
enum HashSlot {
    static let count = 16384

    /// CRC16 (XMODEM) of the key, or of what stands between its first `{` and the next `}` if that is not empty.
    static func of(_ key: String) -> Int {
        var key = key
        return key.withUTF8 { bytes in
            Int(self.crc16(bytes[self.hashedPart(bytes)]) & 0x3FFF)
        }
    }

    private static func hashedPart(_ bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        guard let open = bytes.firstIndex(of: UInt8(ascii: "{")),
            let close = bytes[(open + 1)...].firstIndex(of: UInt8(ascii: "}")), close > open + 1
        else { return bytes.indices }
        return (open + 1)..<close
    }

    static func crc16(_ bytes: some Sequence<UInt8>) -> UInt16 {
        var crc: UInt16 = 0
        for byte in bytes { crc = crc << 8 ^ self.table[Int(crc >> 8 ^ UInt16(byte))] }
        return crc
    }

    /// The remainders of the 256 byte values, polynomial 0x1021.
    private static let table: [UInt16] = (0..<256).map { byte in
        var crc = UInt16(byte) << 8
        for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        return crc
    }
}
