import Testing

@testable import Storage

@Suite struct BoundStatementTests {
    /// What libpq would be given, by value.
    private func sent(_ statement: SQLStatement) throws -> (text: String, types: [UInt32], values: [[UInt8]]) {
        let bound = try BoundStatement(statement)
        let values: [[UInt8]] = bound.parameters.withPointers { values, lengths, formats in
            #expect(formats == Array(repeating: 1, count: values.count))
            return zip(values, lengths).map { value, length in
                #expect(value != nil, "a null pointer would mean null")
                return [UInt8](UnsafeRawBufferPointer(start: value, count: Int(length)))
            }
        }
        return (bound.text, bound.parameters.types, values)
    }

    @Test func valuesAreNumberedAndTyped() throws {
        let sent = try sent("SELECT \(1), \("é"), \([UInt8]([0, 255])), \(1.5) -- \(-2)")
        #expect(sent.text == "SELECT $1, $2, $3, $4 -- $5")
        #expect(sent.types == [20, 25, 17, 701, 20])
        #expect(sent.values[0] == [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(sent.values[1] == [0xC3, 0xA9])
        #expect(sent.values[2] == [0, 255])
        #expect(sent.values[3] == [0x3F, 0xF8, 0, 0, 0, 0, 0, 0])
        #expect(sent.values[4] == [255, 255, 255, 255, 255, 255, 255, 254])
        #expect(sent.values.count == 5)
    }

    @Test func nullIsWrittenAndNotBound() throws {
        let sent = try sent(
            "UPDATE t SET a = \(Int?.none), b = \(2) WHERE \(String?.none) IS NULL AND c = \(Double.nan)")
        #expect(sent.text == "UPDATE t SET a =  NULL , b = $1 WHERE  NULL  IS NULL AND c =  NULL ")
        #expect(sent.types == [20])
    }

    @Test func emptyValuesAreNotNull() throws {
        let sent = try sent("SELECT \(""), \([UInt8]())")
        #expect(sent.values == [[], []])
        #expect(try self.sent("SELECT 1").values == [])
    }

    @Test func textWithNULIsRefusedWithoutQuotingIt() {
        #expect(
            throws: StorageError.constraint(.check, "PostgreSQL cannot store text with a NUL character (U+0000)")
        ) {
            _ = try BoundStatement("SELECT \("secret\0")")
        }
    }

    @Test func keysTellTextsAndTypesApart() throws {
        func key(_ statement: SQLStatement) throws -> StatementCache.Key { try BoundStatement(statement).key }
        #expect(try key("SELECT \(1)") == key("SELECT \(2)"))
        #expect(try key("SELECT \(1)") != key("SELECT \("1")"))
        #expect(try key("SELECT \(1)") != key("SELECT \(Int?.none)"))
    }
}
