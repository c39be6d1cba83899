import Logging
import PostgresTesting
import Storage
import Testing

/// What is PostgreSQL's own below the contract.
@Suite(
    .enabled(if: PostgreSQLInstallation.isFound, Comment(rawValue: PostgreSQLInstallation.skipReason)),
    .timeLimit(.minutes(2)))
struct PostgreSQLDatabaseTests {
    /// A release that migrates while this one runs: prepared statements with `SELECT *` are stale then.
    @Test func columnsMayBeAddedWhileStatementsArePrepared() async throws {
        try await PostgreSQLBench.run { options in
            options.connections = 1
        } _: { database, target in
            try await PostgreSQLBench.makeCounter(database)
            for _ in 0..<2 {
                let row = try await database.read { connection throws(StorageError) in
                    try connection.first("SELECT * FROM counters WHERE id = \(1)")
                }
                #expect(try row?.int("n") == 0)
            }
            let other = try await PostgreSQLDatabase.open(target, logger: .silent)
            try await other.write { connection throws(StorageError) in
                try connection.execute("ALTER TABLE counters ADD COLUMN extra BIGINT NOT NULL DEFAULT 9")
            }
            await other.close()
            let row = try await database.read { connection throws(StorageError) in
                _ = try connection.query("SELECT 1")
                return try connection.first("SELECT * FROM counters WHERE id = \(1)")
            }
            #expect(try row?.int("extra") == 9)
        }
    }

    @Test func moreStatementsThanAreKept() async throws {
        try await PostgreSQLBench.run { options in
            options.preparedStatements = 2
            options.connections = 1
        } _: { database, _ in
            try await PostgreSQLBench.makeCounter(database)
            for round in 0..<3 {
                let texts: [SQLStatement] = [
                    "SELECT \(round) AS n", "SELECT \(round) + 1 AS n", "SELECT \(round) + 2 AS n",
                    "SELECT \(round) + 3 AS n",
                ]
                for (index, text) in texts.enumerated() {
                    let n = try await database.read { connection throws(StorageError) in
                        try connection.first(text)?.int("n")
                    }
                    #expect(n == round + index)
                }
            }
            let kept = try await database.read { connection throws(StorageError) in
                try connection.first("SELECT count(*) AS n FROM pg_prepared_statements")?.int("n")
            }
            #expect((kept ?? 0) <= 2)
        }
    }

    @Test func errorsDoNotQuoteValues() async throws {
        try await PostgreSQLBench.run { database, _ in
            try await Migrator().migrate(database)
            let tenant = TenantRecord.sample("acme-secret", name: "very secret")
            try await TenantRepository(database).insert(tenant)
            await #expect {
                try await TenantRepository(database).insert(tenant)
            } throws: { !String(describing: $0).contains("secret") }
            for statement in [
                "SELECT CAST(\("very secret") AS BIGINT)", "SELECT CAST(\("9999999999999999999") AS BIGINT)",
                "INSERT INTO tenants (id) VALUES (\("very secret"))",
            ] as [SQLStatement] {
                await #expect {
                    try await database.write { connection throws(StorageError) in try connection.execute(statement) }
                } throws: { error in
                    guard case StorageError.constraint = error else { return false }
                    return !"\(error)".contains("secret") && !"\(error)".contains("9999")
                }
            }
        }
    }

    @Test func whoWaitsTooLongIsTold() async throws {
        try await PostgreSQLBench.run { options in
            options.connections = 1
            options.waitingCalls = 1
            options.waitMilliseconds = 300
        } _: { database, _ in
            let block = Block()
            async let holding: Void = database.read { connection throws(StorageError) in block.hold() }
            await block.isHeld()
            let errors = await withTaskGroup(of: StorageError?.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        do throws(StorageError) {
                            try await database.read { connection throws(StorageError) in }
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            block.release()
            try await holding
            #expect(
                errors == [
                    .unavailable("1 calls wait for a connection already"),
                    .unavailable("1 calls wait for a connection already"),
                    .unavailable("no connection was free for 300 ms"),
                ])
        }
    }

    @Test func closingWaitsForWhatRuns() async throws {
        try await PostgreSQLBench.run { options in
            options.connections = 2
        } _: { database, target in
            try await PostgreSQLBench.makeCounter(database)
            let block = Block()
            async let running: Void = database.write { connection throws(StorageError) in
                try connection.execute("UPDATE counters SET n = n + 1")
                block.hold()
            }
            await block.isHeld()
            async let waiting: Void = database.write { connection throws(StorageError) in
                try connection.execute("UPDATE counters SET n = n + 10")
            }
            async let closed: Void = database.close()
            block.release()
            await closed
            try await running
            // It may have come after the closing.
            let hasWritten = (try? await waiting) != nil
            let other = try await PostgreSQLDatabase.open(target, logger: .silent)
            #expect(try await PostgreSQLBench.counter(other) == (hasWritten ? 11 : 1))
            await other.close()
            await database.close()
        }
    }

    @Test func connectionsAreGivenBack() async throws {
        try await SharedServer.run { target in
            let database = try await PostgreSQLDatabase.open(target, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await database.read { connection throws(StorageError) in
                            _ = try connection.query("SELECT pg_sleep(0.02)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            await database.close()
            var options = PostgreSQLOptions()
            options.connections = 1
            let other = try await PostgreSQLDatabase.open(target, options: options, logger: .silent)
            // The server notices a moment later that the others have gone.
            var others = -1
            for _ in 0..<200 where others != 0 {
                others = try await other.read { connection throws(StorageError) in
                    _ = try connection.query("SELECT pg_sleep(0.02)")
                    return try connection.first(
                        """
                        SELECT count(*) AS n FROM pg_stat_activity
                        WHERE datname = current_database() AND pid <> pg_backend_pid()
                        """)?.int("n") ?? -1
                }
            }
            #expect(others == 0)
            await other.close()
        }
    }

    /// The queries of authentication and of lists must not walk the table.
    @Test(
        arguments: [
            ("SELECT * FROM api_keys WHERE public_id = \("k")", "api_keys_pkey"),
            ("SELECT public_id FROM api_keys WHERE version > \(5)", "api_keys_version"),
            (
                """
                SELECT * FROM api_keys WHERE tenant = \("a") AND (created_at, public_id) > (\(1), \("k"))
                ORDER BY created_at, public_id
                """,
                "api_keys_tenant_page"
            ),
            ("SELECT * FROM api_keys WHERE 1 = 1 ORDER BY created_at, public_id", "api_keys_page"),
        ] as [(SQLStatement, String)])
    func queriesCanUseTheirIndex(query: SQLStatement, index: String) async throws {
        try await PostgreSQLBench.run { database, _ in
            try await Migrator().migrate(database)
            let plan = try await database.read { connection throws(StorageError) in
                // The table is empty; what counts is that the index fits.
                for setting in ["enable_seqscan", "enable_sort", "enable_bitmapscan"] {
                    _ = try connection.query("SELECT set_config(\(setting), 'off', true)")
                }
                var text = ""
                for row in try connection.query("EXPLAIN \(sql: query)") { text += try row.text("QUERY PLAN") + "\n" }
                return text
            }
            #expect(plan.contains(index), "\(plan)")
        }
    }
}
