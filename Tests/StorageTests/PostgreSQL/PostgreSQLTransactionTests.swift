import Logging
import PostgresTesting
import Storage
import Testing

/// How transactions begin, end, exclude each other and run again.
@Suite(
    .enabled(if: PostgreSQLInstallation.isFound, Comment(rawValue: PostgreSQLInstallation.skipReason)),
    .timeLimit(.minutes(2)))
struct PostgreSQLTransactionTests {
    @Test func aForgottenErrorIsNotCommitted() async throws {
        try await PostgreSQLBench.run { database, _ in
            try await PostgreSQLBench.makeCounter(database)
            await #expect {
                try await database.write { connection throws(StorageError) in
                    try connection.execute("UPDATE counters SET n = 5")
                    do throws(StorageError) { try connection.execute("SELECT nonsense") } catch {}
                }
            } throws: { ($0 as? StorageError)?.label == "invalid" }
            #expect(try await PostgreSQLBench.counter(database) == 0)
        }
    }

    @Test func afterAnErrorEveryStatementRepeatsIt() async throws {
        try await PostgreSQLBench.run { database, _ in
            try await PostgreSQLBench.makeCounter(database)
            await #expect {
                try await database.write { connection throws(StorageError) in
                    do throws(StorageError) {
                        try connection.execute("INSERT INTO counters (id, n) VALUES (1, 0)")
                    } catch {}
                    try connection.execute("UPDATE counters SET n = 5")
                }
            } throws: { error in
                guard case StorageError.constraint(.unique, _) = error else { return false }
                return true
            }
            #expect(try await PostgreSQLBench.counter(database) == 0)
        }
    }

    @Test func aBodyWithoutStatementsIsATransactionToo() async throws {
        try await PostgreSQLBench.run { (database, _) async throws in
            #expect(try await database.write { _ throws(StorageError) in 5 } == 5)
            #expect(try await database.read { _ throws(StorageError) in 6 } == 6)
        }
    }

    @Test func aConnectionDoesNotOutliveItsTransaction() async throws {
        final class Keeper: @unchecked Sendable {
            // Written by the body and read after its end.
            var connection: (any SQLConnection)?
        }
        try await PostgreSQLBench.run { database, _ in
            let keeper = Keeper()
            try await database.write { connection throws(StorageError) in
                keeper.connection = connection
                _ = try connection.query("SELECT 1")
            }
            #expect(throws: StorageError.invalid("a statement after the end of its transaction")) {
                _ = try keeper.connection?.query("SELECT 1")
            }
        }
    }

    @Test func readsSeeOneState() async throws {
        try await PostgreSQLBench.run { database, _ in
            try await PostgreSQLBench.makeCounter(database)
            let block = Block()
            async let seen = database.read { connection throws(StorageError) in
                let before = try connection.first("SELECT n FROM counters")?.int("n")
                block.hold()
                return [before, try connection.first("SELECT n FROM counters")?.int("n")]
            }
            await block.isHeld()
            try await database.write { connection throws(StorageError) in
                try connection.execute("UPDATE counters SET n = 7")
            }
            block.release()
            #expect(try await seen == [0, 0])
            #expect(try await PostgreSQLBench.counter(database) == 7)
        }
    }

    /// Two processes: as with SQLite, reading before writing needs no care.
    @Test func writesOfSeveralPoolsExcludeEachOther() async throws {
        try await PostgreSQLBench.run { database, target in
            try await PostgreSQLBench.makeCounter(database)
            let other = try await PostgreSQLDatabase.open(target, logger: .silent)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    let database = number % 2 == 0 ? database : other
                    group.addTask {
                        try await database.write { connection throws(StorageError) in
                            let n = try connection.first("SELECT n FROM counters")?.int("n") ?? 0
                            try connection.execute("UPDATE counters SET n = \(n + 1)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await PostgreSQLBench.counter(database) == 60)
            await other.close()
        }
    }

    @Test func aLockHeldTooLongIsUnavailable() async throws {
        try await PostgreSQLBench.run { database, target in
            try await PostgreSQLBench.makeCounter(database)
            var options = PostgreSQLOptions()
            options.lockMilliseconds = 50
            let waiter = try await PostgreSQLDatabase.open(target, options: options, logger: .silent)
            let block = Block()
            async let holding: Void = database.write { connection throws(StorageError) in
                try connection.execute("UPDATE counters SET n = 1")
                block.hold()
            }
            await block.isHeld()
            await #expect {
                try await waiter.write { connection throws(StorageError) in
                    try connection.execute("UPDATE counters SET n = 2")
                }
            } throws: { ($0 as? StorageError)?.isRetryable == true }
            // Readers do not wait for the writer.
            #expect(try await PostgreSQLBench.counter(waiter) == 0)
            block.release()
            try await holding
            try await waiter.write { connection throws(StorageError) in
                try connection.execute("UPDATE counters SET n = n + 1")
            }
            #expect(try await PostgreSQLBench.counter(database) == 2)
            await waiter.close()
        }
    }

    /// Two transactions that lock two rows in opposite order: the server ends one of them, which runs again.
    @Test func deadlocksAreSolvedByRunningAgain() async throws {
        try await PostgreSQLBench.run { options in
            options.writesExclusively = false
        } _: { database, _ in
            try await PostgreSQLBench.makeCounter(database)
            try await database.write { connection throws(StorageError) in
                try connection.execute("INSERT INTO counters (id, n) VALUES (2, 0)")
            }
            let blocks = [Block(), Block()]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, ids) in [(1, 2), (2, 1)].enumerated() {
                    group.addTask {
                        try await database.write { connection throws(StorageError) in
                            try connection.execute("UPDATE counters SET n = n + 1 WHERE id = \(ids.0)")
                            // A second run finds it released already.
                            blocks[index].hold()
                            blocks[index].release()
                            try connection.execute("UPDATE counters SET n = n + 1 WHERE id = \(ids.1)")
                        }
                    }
                }
                for block in blocks { await block.isHeld() }
                for block in blocks { block.release() }
                try await group.waitForAll()
            }
            let sum = try await database.read { connection throws(StorageError) in
                try connection.first("SELECT sum(n) AS total FROM counters")?.int("total")
            }
            #expect(sum == 4)
        }
    }

    @Test func longStatementsAreEnded() async throws {
        try await PostgreSQLBench.run { options in
            options.statementMilliseconds = 100
        } _: { (database, _) async throws in
            await #expect {
                try await database.read { connection throws(StorageError) in
                    _ = try connection.query("SELECT pg_sleep(30)")
                }
            } throws: { ($0 as? StorageError)?.isRetryable == true }
            #expect(
                try await database.read { connection throws(StorageError) in try connection.query("SELECT 1").count }
                    == 1)
        }
    }

    @Test func longTransactionsAreEnded() async throws {
        try await PostgreSQLBench.run { options in
            options.transactionMilliseconds = 200
        } _: { database, _ in
            await #expect {
                try await database.read { connection throws(StorageError) in
                    for _ in 0..<100_000 { _ = try connection.query("SELECT pg_sleep(0.01)") }
                }
            } throws: { ($0 as? StorageError)?.isRetryable == true }
        }
    }
}
