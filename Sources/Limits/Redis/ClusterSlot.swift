/// Where Redis Cluster puts the keys with a tag
/// (<https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model>).
enum ClusterSlot {
    static let count = 16_384

    /// CRC16 (XMODEM: polynomial 0x1021, from 0) of what stands between the braces, modulo the number of slots.
    static func of(tag: String) -> Int {
        var crc: UInt16 = 0
        for byte in tag.utf8 {
            crc ^= UInt16(byte) << 8
            for _ in 0..<8 { crc = crc & 0x8000 == 0 ? crc << 1 : crc << 1 ^ 0x1021 }
        }
        return Int(crc) % count
    }
}
