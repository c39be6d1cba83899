import Storage
import Testing

@Suite struct SQLRowTests {
    private let row = SQLRow(
        columns: SQLColumns(["n", "t", "b", "x", "n"]),
        values: [.integer(2), .text("text"), .bytes([1]), .null, .integer(3)])

    @Test func readsByName() throws {
        #expect(try row.int("n") == 2)
        #expect(try row.text("t") == "text")
        #expect(try row.bytes("b") == [1])
        #expect(try row.optionalText("x") == nil)
        #expect(try row.optionalText("t") == "text")
        #expect(try row.real("n") == 2)
        #expect(try row.time("n") == Timestamp(milliseconds: 2))
    }

    @Test func mismatchesAreCorruption() {
        #expect(throws: StorageError.corrupt("no column \"y\" in the result")) { try row.text("y") }
        #expect(throws: StorageError.corrupt("column \"n\": expected text, found integer")) { try row.text("n") }
        #expect(throws: StorageError.corrupt("column \"x\": expected integer, found null")) { try row.int("x") }
        #expect(throws: StorageError.corrupt("column \"t\": expected bytes, found text")) { try row.bytes("t") }
        #expect(throws: StorageError.corrupt("column \"t\": expected real, found text")) { try row.real("t") }
        #expect(throws: StorageError.corrupt("column \"n\" holds neither 0 nor 1")) { try row.bool("n") }
    }

    @Test func shortRowsAreCorruption() {
        let short = SQLRow(columns: SQLColumns(["a", "b"]), values: [.integer(1)])
        #expect(throws: StorageError.self) { try short.int("b") }
        #expect((try? short.bool("a")) == true)
    }
}
