/// Reads back what ``RecordWriter`` wrote. Every length is checked against what is left, so that damaged bytes can
/// neither trap nor make it allocate more than they are long.
struct RecordReader {
    /// Valid for as long as the reader: it never leaves the function that was handed the bytes.
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - offset }

    mutating func byte() throws(UsageRecordCodecError) -> UInt8 {
        guard offset < bytes.count else { throw .truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    mutating func word() throws(UsageRecordCodecError) -> UInt64 {
        var value: UInt64 = 0
        for byte in try take(8) { value = value << 8 | UInt64(byte) }
        return value
    }

    mutating func unsigned() throws(UsageRecordCodecError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            let part = UInt64(byte & 0x7F)
            // The tenth byte has room for one bit only.
            guard (part << shift) >> shift == part else { throw .malformed("an integer of more than 64 bits") }
            value |= part << shift
            if byte & 0x80 == 0 { return value }
        }
        throw .malformed("an integer of more than 64 bits")
    }

    mutating func int() throws(UsageRecordCodecError) -> Int {
        let value = try unsigned()
        return Int(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1))
    }

    mutating func text(_ part: StaticString) throws(UsageRecordCodecError) -> String {
        try text(part, length: unsigned())
    }

    mutating func optionalText(_ part: StaticString) throws(UsageRecordCodecError) -> String? {
        let length = try unsigned()
        if length == 0 { return nil }
        return try text(part, length: length - 1)
    }

    mutating func data() throws(UsageRecordCodecError) -> [UInt8] {
        [UInt8](try take(length(unsigned())))
    }

    private mutating func text(_ part: StaticString, length: UInt64) throws(UsageRecordCodecError) -> String {
        let bytes = try take(self.length(length))
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("\(part) is not UTF-8")
        }
        return text
    }

    private func length(_ value: UInt64) throws(UsageRecordCodecError) -> Int {
        guard value <= UInt64(remaining) else { throw .truncated }
        return Int(value)
    }

    private mutating func take(_ count: Int) throws(UsageRecordCodecError) -> Slice<UnsafeRawBufferPointer> {
        guard count <= remaining else { throw .truncated }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }
}
