import PostgresTesting
import Testing

@testable import Storage

/// A value reads the same whichever database it was in.
@Suite struct SQLValueContractTests {
    private static let table: @Sendable (any SQLConnection) throws(StorageError) -> Void = {
        connection throws(StorageError) in
        let dialect = connection.dialect
        try connection.execute(
            """
            CREATE TABLE v (id \(raw: dialect.integer) NOT NULL PRIMARY KEY, i \(raw: dialect.integer),
            t \(raw: dialect.text), b \(raw: dialect.bytes), r \(raw: dialect.real)) \(raw: dialect.tableOptions)
            """)
    }

    private func run(_ kind: TestDatabase, _ body: (any SQLDatabase) async throws -> Void) async throws {
        try await kind.run { database in
            try await database.write(Self.table)
            try await body(database)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func integers(kind: TestDatabase) async throws {
        let numbers: [Int64] = [
            .min, .min + 1, -4_294_967_297, -1, 0, 1, 2_147_483_648, 9_007_199_254_740_993, .max,
        ]
        try await run(kind) { database in
            for number in numbers {
                let row = try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO v (id, i) VALUES (\(number), \(number))")
                    return try connection.first("SELECT i FROM v WHERE id = \(number)")
                }
                #expect(try row?.value("i") == .integer(number))
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func reals(kind: TestDatabase) async throws {
        let numbers = [
            0, 0.1, -1.5, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity, -.infinity, 1 / 3,
        ]
        try await run(kind) { database in
            for (index, number) in numbers.enumerated() {
                let row = try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO v (id, r) VALUES (\(index), \(number))")
                    return try connection.first("SELECT r FROM v WHERE r = \(number)")
                }
                #expect(try row?.value("r") == .real(number))
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func notANumberIsNull(kind: TestDatabase) async throws {
        try await run(kind) { database in
            let row = try await database.write { connection throws(StorageError) in
                try connection.execute("INSERT INTO v (id, r) VALUES (1, \(Double.nan))")
                return try connection.first("SELECT r FROM v")
            }
            #expect(try row?.value("r") == .null)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func text(kind: TestDatabase) async throws {
        let texts = [
            "", " ", "'", "\"", "\\", "$1", "?", "é", "e\u{301}", "🐦", "\u{FFFF}", "a\nb\r\tc", "NULL", "\u{7F}",
        ]
        try await run(kind) { database in
            for (index, text) in texts.enumerated() {
                let row = try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO v (id, t) VALUES (\(index), \(text))")
                    return try connection.first("SELECT t FROM v WHERE t = \(text)")
                }
                let found = try row?.text("t")
                // Equal texts may have different bytes.
                #expect(found.map { Array($0.utf8) } == Array(text.utf8))
            }
        }
    }

    @Test(.enabled(if: PostgreSQLInstallation.isFound, Comment(rawValue: PostgreSQLInstallation.skipReason)))
    func textWithNULIsRefused() async throws {
        try await run(.postgresql) { database in
            await #expect(
                throws: StorageError.constraint(.check, "PostgreSQL cannot store text with a NUL character (U+0000)")
            ) {
                try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO v (id, t) VALUES (1, \("a\0b"))")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func bytes(kind: TestDatabase) async throws {
        let pattern = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let examples = [[], [0], Array(pattern.prefix(255)), pattern, [UInt8](repeating: 0xA5, count: 20_000_000)]
        try await run(kind) { database in
            for (index, bytes) in examples.enumerated() {
                let row = try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO v (id, b) VALUES (\(index), \(bytes))")
                    return try connection.first("SELECT b FROM v WHERE id = \(index)")
                }
                #expect(try row?.bytes("b") == bytes)
            }
        }
    }

    private static let expressions: [(SQLStatement, SQLValue)] = [
        ("SELECT count(*) AS x FROM v", .integer(3)), ("SELECT sum(i) AS x FROM v", .integer(60)),
        ("SELECT max(i) AS x FROM v", .integer(30)), ("SELECT sum(i) AS x FROM v WHERE id > 9", .null),
        ("SELECT sum(r) AS x FROM v", .real(4.5)),
        ("SELECT total FROM (SELECT sum(i) AS total FROM v) AS s", .integer(60)),
        ("SELECT i / 4 AS x FROM v WHERE id = 1", .integer(2)), ("SELECT i * 1.5 AS x FROM v WHERE id = 1", .real(15)),
        ("SELECT -i AS x FROM v WHERE id = 1", .integer(-10)),
        ("SELECT length(t) AS x FROM v WHERE id = 1", .integer(1)),
        ("SELECT i > 5 AS x FROM v WHERE id = 1", .integer(1)),
        ("SELECT i IS NULL AS x FROM v WHERE id = 1", .integer(0)),
        ("SELECT t || 'z' AS x FROM v WHERE id = 1", .text("az")),
        ("SELECT upper(t) AS x FROM v WHERE id = 1", .text("A")),
        ("SELECT NULL AS x", .null), ("SELECT 'a' AS x", .text("a")), ("SELECT 5 AS x", .integer(5)),
        ("SELECT coalesce(NULL, i) AS x FROM v WHERE id = 1", .integer(10)),
        ("SELECT coalesce(\(Int?.none), i) AS x FROM v WHERE id = 1", .integer(10)),
        ("SELECT \(Int?.none) IS NULL AS x", .integer(1)), ("SELECT \(5) AS x", .integer(5)),
        ("SELECT \("a") AS x", .text("a")), ("SELECT \([UInt8]([1])) AS x", .bytes([1])),
        ("SELECT \(1.5) AS x", .real(1.5)),
        ("SELECT \(true) AS x", .integer(1)), ("SELECT CAST(i AS TEXT) AS x FROM v WHERE id = 1", .text("10")),
        ("SELECT i AS x FROM v WHERE \(String?.none) IS NULL OR t = \(String?.none) ORDER BY id LIMIT 1", .integer(10)),
        ("SELECT t AS x FROM v WHERE id IN (\(list: [3, 9]))", .text("c")),
        ("SELECT CASE WHEN i = \(10) THEN 'ten' ELSE 'other' END AS x FROM v WHERE id = 1", .text("ten")),
    ]

    @Test(arguments: TestDatabase.allCases)
    func expressions(kind: TestDatabase) async throws {
        try await run(kind) { database in
            try await database.write { connection throws(StorageError) in
                for (id, name) in [(1, "a"), (2, "b"), (3, "c")] {
                    try connection.execute(
                        "INSERT INTO v (id, i, t, r) VALUES (\(id), \(id * 10), \(name), \(1.5))")
                }
            }
            for (statement, expected) in Self.expressions {
                let row = try await database.read { connection throws(StorageError) in try connection.first(statement) }
                switch (row?.values.first, expected) {
                // SQLite says what kind a number has, PostgreSQL what kind a sum has: `row.real` reads both.
                case (.integer(let found), .real(let expected)): #expect(Double(found) == expected)
                case (let found, _): #expect(found == expected, "\(statement)")
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func sumsThatOverflowAreErrors(kind: TestDatabase) async throws {
        try await run(kind) { database in
            await #expect {
                try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO v (id, i) VALUES (1, \(Int64.max)), (2, \(Int64.max))")
                    _ = try connection.query("SELECT sum(i) AS x FROM v")
                }
            } throws: { ($0 as? StorageError)?.label == "invalid" }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func columnsHaveTheirTypes(kind: TestDatabase) async throws {
        try await run(kind) { database in
            for statement in [
                "INSERT INTO v (id, i) VALUES (1, \("no number"))", "INSERT INTO v (id, r) VALUES (1, \("no number"))",
                "INSERT INTO v (id, i) VALUES (1, \([UInt8]([1])))", "INSERT INTO v (id, b) VALUES (1, \("text"))",
            ] as [SQLStatement] {
                await #expect {
                    try await database.write { connection throws(StorageError) in try connection.execute(statement) }
                } throws: { error in
                    guard case StorageError.constraint(.check, _) = error else { return false }
                    return true
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func nullFitsEveryColumn(kind: TestDatabase) async throws {
        try await run(kind) { database in
            let row = try await database.write { connection throws(StorageError) in
                try connection.execute(
                    """
                    INSERT INTO v (id, i, t, b, r)
                    VALUES (1, \(Int?.none), \(String?.none), \([UInt8]?.none), \(Double?.none)), (2, 1, 'a', NULL, 0.5)
                    """)
                try connection.execute("UPDATE v SET i = \(Int?.none), t = \(String?.none) WHERE id = \(2)")
                return try connection.first("SELECT i, t, b, r FROM v WHERE id = 1")
            }
            for name in ["i", "t", "b", "r"] { #expect(try row?.value(name) == .null) }
        }
    }

    /// What pages are cut by: both databases compare bytes.
    @Test(arguments: TestDatabase.allCases)
    func textSortsByItsBytes(kind: TestDatabase) async throws {
        try await run(kind) { database in
            let names = ["b", "B", "a", "Ä", "_", "-", "10", "9", "é", "z", "Z", "🐦"]
            let sorted = try await database.write { connection throws(StorageError) in
                for (index, name) in names.enumerated() {
                    try connection.execute("INSERT INTO v (id, t) VALUES (\(index), \(name))")
                }
                var sorted: [String] = []
                for row in try connection.query("SELECT t FROM v ORDER BY t") { sorted.append(try row.text("t")) }
                return sorted
            }
            #expect(sorted == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        }
    }
}
