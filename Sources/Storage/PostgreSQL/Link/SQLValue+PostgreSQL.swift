extension SQLValue {
    /// Reads a value in the binary format of its type, as SQLite would give it: a boolean is 0 or 1, a sum of integers
    /// (which PostgreSQL returns as `numeric`) an integer.
    ///
    /// Returns nil for a type that has no counterpart. Formats: the `send` functions of PostgreSQL's types.
    init?(postgreSQL bytes: UnsafeRawBufferPointer, type: UInt32) throws(StorageError) {
        switch type {
        case PostgreSQLType.bool: self = .integer(try Self.bits(bytes, UInt8.self) == 0 ? 0 : 1)
        case PostgreSQLType.int2: self = .integer(Int64(Int16(bitPattern: try Self.bits(bytes))))
        case PostgreSQLType.int4: self = .integer(Int64(Int32(bitPattern: try Self.bits(bytes))))
        case PostgreSQLType.int8: self = .integer(Int64(bitPattern: try Self.bits(bytes)))
        case PostgreSQLType.oid: self = .integer(Int64(try Self.bits(bytes, UInt32.self)))
        case PostgreSQLType.float4: self = .real(Double(Float(bitPattern: try Self.bits(bytes))))
        case PostgreSQLType.float8: self = .real(Double(bitPattern: try Self.bits(bytes)))
        case PostgreSQLType.numeric: self = try PostgreSQLNumeric(bytes).sqlValue
        case PostgreSQLType.bytea: self = .bytes([UInt8](bytes))
        case PostgreSQLType.text, PostgreSQLType.varchar, PostgreSQLType.bpchar, PostgreSQLType.name,
            PostgreSQLType.char, PostgreSQLType.json, PostgreSQLType.unknown:
            self = .text(String(decoding: bytes, as: UTF8.self))
        case PostgreSQLType.void: self = .null
        default: return nil
        }
    }

    private static func bits<Word: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _: Word.Type = Word.self
    ) throws(StorageError) -> Word {
        guard bytes.count == MemoryLayout<Word>.size else {
            throw .corrupt("PostgreSQL sent a number of \(bytes.count) bytes")
        }
        return Word(bigEndian: bytes.loadUnaligned(as: Word.self))
    }
}
