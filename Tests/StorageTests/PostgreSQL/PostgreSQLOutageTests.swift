import Logging
import PostgresTesting
import Storage
import Testing

/// A server that stops, dies, hangs and comes back.
@Suite(
    .enabled(if: PostgreSQLInstallation.isFound, Comment(rawValue: PostgreSQLInstallation.skipReason)),
    .timeLimit(.minutes(2)))
struct PostgreSQLOutageTests {
    /// Runs `body` with a server of its own and a table `t (n BIGINT)`.
    private func run(
        _ change: (inout PostgreSQLOptions) -> Void = { _ in },
        _ body: (PostgreSQLServer, PostgreSQLDatabase) async throws -> Void
    ) async throws {
        let server = try await PostgreSQLServer.start()
        var options = PostgreSQLOptions()
        options.connectSeconds = 2
        change(&options)
        do {
            let database = try await PostgreSQLDatabase.open(server.target(), options: options, logger: .silent)
            try await database.write { connection throws(StorageError) in
                try connection.execute("CREATE TABLE t (n BIGINT)")
            }
            try await body(server, database)
            await database.close()
        } catch {
            await server.remove()
            throw error
        }
        await server.remove()
    }

    private func add(_ database: PostgreSQLDatabase) async throws(StorageError) {
        try await database.write { connection throws(StorageError) in
            try connection.execute("INSERT INTO t (n) VALUES (1)")
        }
    }

    private func count(_ database: PostgreSQLDatabase) async throws(StorageError) -> Int? {
        try await database.read { connection throws(StorageError) in
            try connection.first("SELECT count(*) AS n FROM t")?.int("n")
        }
    }

    /// Asks again until the server answers; bounded by the suite's time limit. Returns errors other than "unavailable".
    private func recover(_ database: PostgreSQLDatabase) async -> [StorageError] {
        var others: [StorageError] = []
        while true {
            do throws(StorageError) {
                _ = try await count(database)
                return others
            } catch {
                if !error.isRetryable { others.append(error) }
                await Task.yield()
            }
        }
    }

    @Test func aRestartedServerIsFoundAgain() async throws {
        try await run { server, database in
            for round in 1...3 {
                try await add(database)
                if round == 2 { await server.crash() } else { await server.shutDown() }
                await #expect {
                    _ = try await count(database)
                } throws: { ($0 as? StorageError)?.isRetryable == true }
                try await server.start()
                #expect(await recover(database) == [])
                #expect(try await count(database) == round)
            }
        }
    }

    /// While the server is known to be away nobody waits.
    @Test func callsFailAtOnceDuringAnOutage() async throws {
        try await run { server, database in
            await server.shutDown()
            await #expect(throws: StorageError.self) { _ = try await count(database) }
            let clock = ContinuousClock()
            let time = await clock.measure {
                for _ in 0..<1000 { _ = try? await add(database) }
            }
            #expect(time < .seconds(3))
        }
    }

    @Test func aHangingServerDoesNotHoldCallers() async throws {
        try await run { options in
            options.statementMilliseconds = 300
            options.waitMilliseconds = 500
            options.connections = 2
        } _: { server, database in
            try await add(database)
            server.pause()
            let clock = ContinuousClock()
            let errors = await withTaskGroup(of: (StorageError?, Duration).self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let start = clock.now
                        do throws(StorageError) {
                            if number % 2 == 0 {
                                try await self.add(database)
                            } else {
                                _ = try await self.count(database)
                            }
                            return (nil, clock.now - start)
                        } catch {
                            return (error, clock.now - start)
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (error, time) in errors {
                #expect(error?.isRetryable == true)
                // One statement's time with a second to spare; nobody waits for others first and for the server then.
                #expect(time < .milliseconds(300 + 1000 + 500 + 1000))
            }
            server.resume()
            #expect(await recover(database) == [])
            try await add(database)
        }
    }

    /// The system of a hanging server still takes connections, and then nothing follows.
    @Test func aServerThatHangsWhileConnectingDoesNotHoldCallers() async throws {
        try await run { options in
            options.connections = 1
            options.statementMilliseconds = 200
            options.waitMilliseconds = 300
        } _: { server, database in
            server.pause()
            let clock = ContinuousClock()
            for most in [1200, 300, 300] {
                let time = await clock.measure {
                    await #expect { _ = try await count(database) } throws: {
                        ($0 as? StorageError)?.isRetryable == true
                    }
                }
                #expect(time < .milliseconds(most + 1000))
            }
            server.resume()
            #expect(await recover(database) == [])
        }
    }

    /// An administrator, or a firewall, ends connections: what has not committed runs again on another one.
    @Test func aLostConnectionCostsNobodyAnError() async throws {
        try await run { server, database in
            for _ in 0..<5 {
                let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'martlet'"
                try await server.psql(kill)
                try await add(database)
                #expect(try await count(database) != nil)
            }
            #expect(try await count(database) == 5)
        }
    }

    @Test func aConnectionLostInTheMiddleIsReplaced() async throws {
        try await run { server, database in
            let block = Block()
            async let writing: Void = database.write { connection throws(StorageError) in
                try connection.execute("INSERT INTO t (n) VALUES (7)")
                block.hold()
                block.release()
                try connection.execute("INSERT INTO t (n) VALUES (8)")
            }
            await block.isHeld()
            try await server.psql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'martlet'")
            block.release()
            try await writing
            #expect(try await count(database) == 2)
        }
    }

    @Test func aConnectionLostAgainIsAnError() async throws {
        try await run { server, database in
            await #expect {
                try await database.write { connection throws(StorageError) in
                    _ = try connection.query("SELECT pg_terminate_backend(pg_backend_pid())")
                    _ = try connection.query("SELECT 1")
                }
            } throws: { ($0 as? StorageError)?.isRetryable == true }
            try await add(database)
        }
    }

    /// The one transaction whose outcome nobody can know is not run again.
    @Test func aCommitWithoutAnswerIsReported() async throws {
        try await run { server, database in
            try await database.write { connection throws(StorageError) in
                try connection.execute(
                    """
                    CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql
                    AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'
                    """
                )
                try connection.execute(
                    """
                    CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION leave()
                    """
                )
            }
            await #expect {
                try await add(database)
            } throws: { error in
                guard case StorageError.unavailable(let reason) = error else { return false }
                return reason.contains("COMMIT")
            }
            #expect(try await count(database) == 0)
        }
    }

    @Test func openingWaitsForAServerThatStarts() async throws {
        try await run { server, _ in
            let target = try server.target()
            await server.shutDown()
            async let opened = PostgreSQLDatabase.open(target, logger: .silent)
            try await server.start()
            let database = try await opened
            #expect(try await count(database) == 0)
            await database.close()
        }
    }

    @Test func openingDoesNotWaitForEver() async throws {
        try await run { server, _ in
            await server.shutDown()
            var options = PostgreSQLOptions()
            options.startupMilliseconds = 200
            await #expect {
                _ = try await PostgreSQLDatabase.open(server.target(), options: options, logger: .silent)
            } throws: { error in
                guard case StorageError.unavailable(let reason) = error else { return false }
                return reason.contains("127.0.0.1") && reason.contains("refused")
            }
        }
    }

    @Test func closingDuringAnOutage() async throws {
        try await run { server, database in
            await server.crash()
            await #expect(throws: StorageError.self) { try await add(database) }
            await database.close()
            await #expect(throws: StorageError.self) { try await add(database) }
        }
    }
}
