/// Values on their way to the server, in its binary formats: all in one buffer.
struct PostgreSQLParameters {
    /// The type of each value, so that the server need not guess it from the statement.
    private(set) var types: [UInt32] = []
    /// Begins with a byte of no meaning: then an empty value has an address too. A null pointer would mean null.
    private var bytes: [UInt8] = [0]
    private var ranges: [Range<Int>] = []

    /// The server takes no longer value.
    static let longest = 1 << 29

    var count: Int { ranges.count }

    /// Null is not bound, see ``BoundStatement``.
    mutating func append(_ value: SQLValue) throws(StorageError) {
        let start = bytes.count
        switch value {
        case .null: throw .invalid("null cannot be bound")
        case .integer(let number):
            types.append(PostgreSQLType.int8)
            append(UInt64(bitPattern: number))
        case .real(let number):
            types.append(PostgreSQLType.float8)
            append(number.bitPattern)
        case .text(let text):
            types.append(PostgreSQLType.text)
            bytes.append(contentsOf: text.utf8)
            guard !bytes[start...].contains(0) else {
                throw .constraint(.check, "PostgreSQL cannot store text with a NUL character (U+0000)")
            }
        case .bytes(let content):
            types.append(PostgreSQLType.bytea)
            bytes.append(contentsOf: content)
        }
        guard bytes.count <= Self.longest else {
            throw .constraint(.check, "the values of one statement have more than \(Self.longest) bytes")
        }
        ranges.append(start..<bytes.count)
    }

    private mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Calls `body` with libpq's arrays: values, lengths, formats (1: binary).
    func withPointers<Result>(
        _ body: (_ values: [UnsafePointer<CChar>?], _ lengths: [Int32], _ formats: [Int32]) -> Result
    ) -> Result {
        let lengths = ranges.map { Int32($0.count) }
        let formats = [Int32](repeating: 1, count: ranges.count)
        return bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return body([], [], []) }
            let values: [UnsafePointer<CChar>?] = ranges.map {
                (start + $0.lowerBound).assumingMemoryBound(to: CChar.self)
            }
            return body(values, lengths, formats)
        }
    }
}
