/// Appends the parts of a record to a buffer. Integers are zigzag LEB128: small ones take one byte.
struct RecordWriter {
    private(set) var bytes: [UInt8]

    /// Continues `bytes`, so that their storage is used again.
    init(continuing bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    consuming func finish() -> [UInt8] { bytes }

    mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func word(_ value: UInt64) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func int(_ value: Int) {
        unsigned(UInt64(bitPattern: Int64(value << 1 ^ value >> 63)))
    }

    /// Cut to ``UsageRecordCodec/maximumTextBytes``, on the border of a character's encoding.
    mutating func text(_ value: String) {
        let count = BoundedText.length(value)
        unsigned(UInt64(count))
        copy(value, count)
    }

    /// 0 for nil, else the length plus one.
    mutating func optionalText(_ value: String?) {
        guard let value else { return byte(0) }
        let count = BoundedText.length(value)
        unsigned(UInt64(count) + 1)
        copy(value, count)
    }

    /// Cut to `limit` bytes.
    mutating func data(_ value: [UInt8], limit: Int) {
        let count = min(value.count, limit)
        unsigned(UInt64(count))
        bytes.append(contentsOf: value.prefix(count))
    }

    private mutating func copy(_ text: String, _ count: Int) {
        let whole: Void? = text.utf8.withContiguousStorageIfAvailable { buffer in
            bytes.append(contentsOf: buffer.prefix(count))
        }
        if whole == nil { bytes.append(contentsOf: text.utf8.prefix(count)) }
    }
}
