import Storage
import Testing

/// What every database must do, whichever it is.
@Suite struct SQLDatabaseContractTests {
    private func withTable(_ kind: TestDatabase, _ body: (any SQLDatabase) async throws -> Void) async throws {
        try await kind.run { database in
            try await database.write { connection throws(StorageError) in
                let dialect = connection.dialect
                try connection.execute(
                    """
                    CREATE TABLE items (
                        id \(raw: dialect.integer) NOT NULL PRIMARY KEY,
                        name \(raw: dialect.text) NOT NULL UNIQUE,
                        data \(raw: dialect.bytes),
                        size \(raw: dialect.real),
                        parent \(raw: dialect.integer) REFERENCES items (id),
                        positive \(raw: dialect.integer) CHECK (positive > 0)
                    ) \(raw: dialect.tableOptions)
                    """)
            }
            try await body(database)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func valuesRoundTrip(kind: TestDatabase) async throws {
        try await withTable(kind) { database in
            let name = "naïve 🐦 '\"; --"
            let bytes: [UInt8] = [0, 255, 39, 0]
            let row = try await database.write { connection throws(StorageError) in
                try connection.first(
                    """
                    INSERT INTO items (id, name, data, size) VALUES (\(Int.max), \(name), \(bytes), \(0.1))
                    RETURNING id, name, data, size, parent
                    """)
            }
            let found = try #require(row)
            #expect(try found.int("id") == Int.max)
            #expect(try found.text("name") == name)
            #expect(try found.bytes("data") == bytes)
            #expect(try found.real("size") == 0.1)
            #expect(try found.optionalInt("parent") == nil)
            #expect(try found.optionalText("parent") == nil)
            #expect(try found.optionalBytes("parent") == nil)
            #expect(try found.optionalTime("parent") == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func emptyBytesAndTextAreNotNull(kind: TestDatabase) async throws {
        try await withTable(kind) { database in
            try await database.write { connection throws(StorageError) in
                try connection.execute("INSERT INTO items (id, name, data) VALUES (1, \(""), \([UInt8]()))")
            }
            let row = try await database.read { connection throws(StorageError) in
                try connection.first("SELECT name, data FROM items")
            }
            #expect(try row?.text("name") == "")
            #expect(try row?.bytes("data") == [])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func throwingRollsBack(kind: TestDatabase) async throws {
        try await withTable(kind) { (database) async throws in
            await #expect(throws: StorageError.invalid("on purpose")) {
                try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO items (id, name) VALUES (1, 'a')")
                    throw StorageError.invalid("on purpose")
                }
            }
            #expect(try await count(database) == 0)
        }
    }

    @Test(
        arguments: TestDatabase.allCases,
        [
            ("INSERT INTO items (id, name) VALUES (2, 'a')", StorageConstraint.unique),
            ("INSERT INTO items (id, name) VALUES (1, 'b')", .unique),
            ("INSERT INTO items (id, name, parent) VALUES (2, 'b', 99)", .foreignKey),
            ("DELETE FROM items WHERE id = 0", .foreignKey),
            ("INSERT INTO items (id) VALUES (2)", .notNull),
            ("INSERT INTO items (id, name, positive) VALUES (2, 'b', 0)", .check),
        ] as [(SQLStatement, StorageConstraint)])
    func constraintsAreNamed(kind: TestDatabase, example: (statement: SQLStatement, constraint: StorageConstraint))
        async throws
    {
        try await withTable(kind) { database in
            try await database.write { connection throws(StorageError) in
                try connection.execute("INSERT INTO items (id, name) VALUES (0, 'root')")
                try connection.execute("INSERT INTO items (id, name, parent) VALUES (1, 'a', 0)")
            }
            let statement = example.statement
            await #expect {
                try await database.write { connection throws(StorageError) in
                    try connection.execute(statement)
                }
            } throws: { error in
                guard case StorageError.constraint(let found, _) = error else { return false }
                return found == example.constraint
            }
            #expect(try await count(database) == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func wrongStatementsAreDefects(kind: TestDatabase) async throws {
        try await kind.run { database in
            await #expect {
                try await database.read { connection throws(StorageError) in
                    _ = try connection.query("SELECT nonsense FROM nowhere")
                }
            } throws: { error in
                guard case StorageError.invalid = error else { return false }
                return true
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func executeCountsRows(kind: TestDatabase) async throws {
        try await withTable(kind) { database in
            let counts = try await database.write { connection throws(StorageError) in
                [
                    try connection.execute("INSERT INTO items (id, name) VALUES (1, 'a'), (2, 'b')"),
                    try connection.execute("UPDATE items SET size = 1 WHERE id > 5"),
                    try connection.execute("UPDATE items SET size = 1"),
                    try connection.execute("DELETE FROM items WHERE id = \(1)"),
                ]
            }
            #expect(counts == [2, 0, 2, 1])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func readsCannotWrite(kind: TestDatabase) async throws {
        try await withTable(kind) { (database) async throws in
            await #expect(throws: StorageError.self) {
                try await database.read { connection throws(StorageError) in
                    try connection.execute("INSERT INTO items (id, name) VALUES (1, 'a')")
                }
            }
            #expect(try await count(database) == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func cancellationDoesNotUndoAWrite(kind: TestDatabase) async throws {
        try await withTable(kind) { (database) async throws in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await database.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO items (id, name) VALUES (1, 'a')")
                }
                return Task.isCancelled
            }
            #expect(try await task.value)
            #expect(try await count(database) == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func concurrentWritesLoseNothing(kind: TestDatabase) async throws {
        try await withTable(kind) { database in
            try await database.write { connection throws(StorageError) in
                try connection.execute("INSERT INTO items (id, name, positive) VALUES (1, 'counter', 1)")
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await database.write { connection throws(StorageError) in
                            let value =
                                try connection.first("SELECT positive FROM items WHERE id = 1")?.int("positive") ?? 0
                            try connection.execute("UPDATE items SET positive = \(value + 1) WHERE id = 1")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let total = try await database.read { connection throws(StorageError) in
                try connection.first("SELECT positive FROM items WHERE id = 1")?.int("positive")
            }
            #expect(total == 51)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func closedMeansUnavailable(kind: TestDatabase) async throws {
        try await withTable(kind) { database in
            await database.close()
            await #expect {
                try await database.read { connection throws(StorageError) in _ = try connection.query("SELECT 1") }
            } throws: { ($0 as? StorageError)?.isRetryable == true }
            await #expect {
                try await database.write { connection throws(StorageError) in _ = try connection.query("SELECT 1") }
            } throws: { ($0 as? StorageError)?.isRetryable == true }
        }
    }

    private func count(_ database: any SQLDatabase) async throws -> Int {
        try await database.read { connection throws(StorageError) in
            try connection.first("SELECT count(*) AS n FROM items")?.int("n") ?? -1
        }
    }
}
