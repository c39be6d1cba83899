import Foundation
import Storage
import Testing

@testable import Ledger

@Suite struct UsageExportTests {
    /// As the product's interface names them.
    private static let names = [
        "id", "time", "tenant", "user", "key", "end_user", "session", "module", "endpoint", "client_model", "provider",
        "upstream_model", "attempts", "prompt_tokens", "cached_tokens", "cache_write_tokens", "completion_tokens",
        "reasoning_tokens", "cost_nanodollars", "price_version", "estimated", "cache", "status", "error",
        "first_token_ms", "total_ms", "stream",
    ]

    private func export(
        _ database: any SQLDatabase, _ format: UsageExportFormat, _ filter: UsageRowFilter = UsageRowFilter(scope: .all)
    ) async throws -> (text: String, rows: Int, largest: Int) {
        var bytes: [UInt8] = []
        var largest = 0
        let rows = try await UsageExport(database, filter: filter, format: format).run { piece in
            bytes += piece
            largest = max(largest, piece.count)
        }
        return (String(decoding: bytes, as: UTF8.self), rows, largest)
    }

    @Test func oneRowAsCSV() async throws {
        try await TestDatabase.sqlite.run { database in
            var record = UsageRecord.sample(1, at: Timestamp(milliseconds: 1_772_366_400_007))
            record.endUser = "=cmd|' /C calc'!A0"
            record.session = "a,\"b\"\r\nc"
            try await LedgerApplier(database).apply([record])
            let text = try await export(database, .csv).text
            #expect(
                text == Self.names.joined(separator: ",") + "\r\n" + """
                    \(record.id),2026-03-01T12:00:00.007Z,acme,ana,k1,"'=cmd|' /C calc'!A0","a,""b""\r\nc",,\
                    chat/completions,smart,openai,gpt-4o,1,100,40,0,20,0,350000,2026-02,false,miss,200,,200,1000,true\
                    \r\n
                    """)
        }
    }

    @Test func oneRowAsJSON() async throws {
        try await TestDatabase.sqlite.run { database in
            let record = UsageRecord.sample(1)
            try await LedgerApplier(database).apply([record])
            let row = """
                {"id":"\(record.id)","time":"2026-03-01T12:00:00.000Z","tenant":"acme","user":"ana","key":"k1",\
                "end_user":null,"session":null,"module":null,"endpoint":"chat/completions","client_model":"smart",\
                "provider":"openai","upstream_model":"gpt-4o","attempts":1,"prompt_tokens":100,"cached_tokens":40,\
                "cache_write_tokens":0,"completion_tokens":20,"reasoning_tokens":0,"cost_nanodollars":350000,\
                "price_version":"2026-02","estimated":false,"cache":"miss","status":200,"error":null,\
                "first_token_ms":200,"total_ms":1000,"stream":true}
                """
            #expect(try await export(database, .jsonLines).text == row + "\n")
            #expect(try await export(database, .json).text == "[\n" + row + "\n]\n")
        }
    }

    @Test(arguments: UsageExportFormat.allCases)
    func withoutRows(format: UsageExportFormat) async throws {
        try await TestDatabase.sqlite.run { database in
            let expected: [UsageExportFormat: String] = [
                .csv: Self.names.joined(separator: ",") + "\r\n", .json: "[\n]\n", .jsonLines: "",
            ]
            let result = try await export(database, format)
            #expect(result.text == expected[format])
            #expect(result.rows == 0)
        }
    }

    /// All formats tell of the same rows, oldest first, over several pages, and read back as what they were.
    @Test(arguments: TestDatabase.allCases)
    func formatsReadBack(kind: TestDatabase) async throws {
        try await kind.run { database in
            var random = SplitMix64(seed: 91)
            let records = (0..<2300).map { number in
                var record = UsageRecord.plausible(number, in: 0..<5000, using: &random)
                // The database keeps neither NUL nor empty texts.
                let text = String?.maybeOdd(using: &random).map { $0.filter { $0 != "\0" } }
                record.endUser = text == "" ? nil : text
                return record
            }
            try await LedgerApplier(database).apply(records)
            let expected = records.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
            let json = try await export(database, .json)
            #expect(json.rows == records.count)
            // A page at a time, not everything at once.
            #expect(json.largest < json.text.utf8.count / 2)
            let rows = try #require(
                try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [[String: Any]])
            #expect(rows.map { $0["id"] as? String } == expected.map(\.id.description))
            let sameUsers = rows.map { $0["end_user"] as? String } == expected.map(\.endUser)
            #expect(sameUsers)
            #expect(rows.map { $0["cost_nanodollars"] as? Int } == expected.map(\.costNanodollars))
            #expect(rows.allSatisfy { $0.count == Self.names.count })
            let lines = try await export(database, .jsonLines).text.split(separator: "\n")
            #expect(lines.count == records.count)
            let cells = try CSVReader.cells(try await export(database, .csv).text)
            #expect(cells.count == records.count + 1)
            #expect(cells.allSatisfy { $0.count == Self.names.count })
            #expect(cells.dropFirst().map { $0[0] } == expected.map(\.id.description))
            let sameCells = cells.dropFirst().map { $0[5] } == expected.map { $0.endUser.map(CSVReader.guarded) ?? "" }
            #expect(sameCells)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func filtersHold(kind: TestDatabase) async throws {
        try await kind.run { database in
            try await LedgerApplier(database).apply(
                (0..<10).map { .sample($0, at: .noon(plus: $0), tenant: $0 < 5 ? "acme" : "other") })
            var filter = UsageRowFilter(scope: .tenant("acme"))
            filter.from = .noon(plus: 2)
            filter.to = .noon(plus: 8)
            #expect(try await export(database, .csv, filter).rows == 3)
        }
    }

    @Test func aSinkThatFailsEndsTheExport() async throws {
        try await TestDatabase.sqlite.run { (database) async throws in
            try await LedgerApplier(database).apply([.sample(1)])
            let export = UsageExport(database, filter: UsageRowFilter(scope: .all), format: .csv)
            await #expect(throws: TestFailure.self) {
                try await export.run { _ in throw TestFailure("hung up") }
            }
        }
    }

    @Test func aCancelledTaskEndsTheExport() async throws {
        try await TestDatabase.sqlite.run { (database) async throws in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await UsageExport(database, filter: UsageRowFilter(scope: .all), format: .json).run { _ in }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
    func formulasAreDefused(text: String) {
        var row = CSVRow()
        row.text("a", text)
        row.int("b", -5)
        #expect(String(decoding: row.finish(), as: UTF8.self) == "\"'\(text)\",-5\r\n")
    }

    @Test func timesBefore1970AreWritten() {
        #expect(ExportedTime.text(Timestamp(milliseconds: -1)) == "1969-12-31T23:59:59.999Z")
        #expect(ExportedTime.text(Timestamp(milliseconds: 1050)) == "1970-01-01T00:00:01.050Z")
    }
}

/// Reads RFC 4180, by the letter.
private enum CSVReader {
    static func cells(_ text: String) throws -> [[String]] {
        var (rows, row, cell, isQuoted): ([[String]], [String], [UInt8], Bool) = ([], [], [], false)
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch (isQuoted, byte) {
            case (true, UInt8(ascii: "\"")):
                if index + 1 < bytes.count, bytes[index + 1] == byte {
                    cell.append(byte)
                    index += 1
                } else {
                    isQuoted = false
                }
            case (true, _): cell.append(byte)
            case (false, UInt8(ascii: "\"")):
                guard cell.isEmpty else { throw TestFailure("a quote within a cell") }
                isQuoted = true
            case (false, UInt8(ascii: ",")), (false, 0x0D):
                row.append(String(decoding: cell, as: UTF8.self))
                cell = []
                guard byte == 0x0D else { break }
                guard index + 1 < bytes.count, bytes[index + 1] == 0x0A else { throw TestFailure("no line feed") }
                index += 1
                rows.append(row)
                row = []
            default: cell.append(byte)
            }
            index += 1
        }
        guard row.isEmpty, cell.isEmpty, !isQuoted else { throw TestFailure("no end of line") }
        return rows
    }

    /// A text as it comes back from a file.
    static func guarded(_ text: String) -> String {
        guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) else { return text }
        return "'" + text
    }
}
