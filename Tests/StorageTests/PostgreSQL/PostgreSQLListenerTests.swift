import Logging
import PostgresTesting
import Storage
import Testing

@Suite(
    .enabled(if: PostgreSQLInstallation.isFound, Comment(rawValue: PostgreSQLInstallation.skipReason)),
    .timeLimit(.minutes(2)))
struct PostgreSQLListenerTests {
    private func notify(_ database: PostgreSQLDatabase, _ channel: String, _ payload: String) async throws {
        try await database.write { connection throws(StorageError) in
            _ = try connection.query("SELECT pg_notify(\(channel), \(payload))")
        }
    }

    @Test func notificationsArriveInTheirOrder() async throws {
        try await SharedServer.run { target in
            let database = try await PostgreSQLDatabase.open(target, logger: .silent)
            let channel = "key changes \"é\""
            var events = PostgreSQLListener.events(of: [channel, "other"], in: target, logger: .silent)
                .makeAsyncIterator()
            #expect(await events.next() == .listening)
            for number in 0..<100 {
                try await notify(database, number % 2 == 0 ? channel : "other", "message \(number) 🐦")
            }
            for number in 0..<100 {
                let expected = number % 2 == 0 ? channel : "other"
                #expect(await events.next() == .notification(channel: expected, payload: "message \(number) 🐦"))
            }
            await database.close()
        }
    }

    @Test func notificationsComeFast() async throws {
        try await SharedServer.run { target in
            let database = try await PostgreSQLDatabase.open(target, logger: .silent)
            var events = PostgreSQLListener.events(of: ["c"], in: target, logger: .silent).makeAsyncIterator()
            #expect(await events.next() == .listening)
            let clock = ContinuousClock()
            var times: [Duration] = []
            for number in 0..<50 {
                let start = clock.now
                try await notify(database, "c", "\(number)")
                #expect(await events.next() == .notification(channel: "c", payload: "\(number)"))
                times.append(clock.now - start)
            }
            // Writing and hearing together.
            #expect(times.sorted()[25] < .milliseconds(200))
            await database.close()
        }
    }

    @Test func whatIsRolledBackIsNotHeard() async throws {
        try await SharedServer.run { target in
            let database = try await PostgreSQLDatabase.open(target, logger: .silent)
            var events = PostgreSQLListener.events(of: ["c"], in: target, logger: .silent).makeAsyncIterator()
            #expect(await events.next() == .listening)
            await #expect(throws: StorageError.self) {
                try await database.write { connection throws(StorageError) in
                    _ = try connection.query("SELECT pg_notify('c', 'never')")
                    throw StorageError.invalid("on purpose")
                }
            }
            try await notify(database, "c", "after")
            #expect(await events.next() == .notification(channel: "c", payload: "after"))
            await database.close()
        }
    }

    @Test func aLostConnectionIsToldWhenItStandsAgain() async throws {
        let server = try await PostgreSQLServer.start()
        let target = try server.target()
        let database = try await PostgreSQLDatabase.open(target, logger: .silent)
        var events = PostgreSQLListener.events(of: ["c"], in: target, logger: .silent).makeAsyncIterator()
        #expect(await events.next() == .listening)

        try await server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        #expect(await events.next() == .reconnected)
        try await notify(database, "c", "1")
        #expect(await events.next() == .notification(channel: "c", payload: "1"))

        await server.crash()
        try await server.start()
        #expect(await events.next() == .reconnected)
        while (try? await notify(database, "c", "2")) == nil { await Task.yield() }
        #expect(await events.next() == .notification(channel: "c", payload: "2"))

        await database.close()
        await server.remove()
    }

    /// Nothing ends the connection, but nothing comes over it any more either.
    @Test func aSilentConnectionIsReplaced() async throws {
        let server = try await PostgreSQLServer.start()
        var options = PostgreSQLOptions()
        options.listenerCheckMilliseconds = 200
        options.connectSeconds = 2
        let noticed = Gate()
        let logger = Logger(label: "test") { _ in OpeningLog(gate: noticed) }
        var events = PostgreSQLListener.events(of: ["c"], in: try server.target(), options: options, logger: logger)
            .makeAsyncIterator()
        #expect(await events.next() == .listening)
        server.pause()
        await noticed.opened()
        server.resume()
        #expect(await events.next() == .reconnected)
        await server.remove()
    }

    @Test func listeningBeginsWhenTheServerComes() async throws {
        let server = try await PostgreSQLServer.start()
        await server.shutDown()
        var events = PostgreSQLListener.events(of: ["c"], in: try server.target(), logger: .silent).makeAsyncIterator()
        try await server.start()
        #expect(await events.next() == .listening)
        await server.remove()
    }

    @Test func theConnectionEndsWithItsReader() async throws {
        try await SharedServer.run { target in
            let database = try await PostgreSQLDatabase.open(target, logger: .silent)
            do {
                var events = PostgreSQLListener.events(of: ["c"], in: target, logger: .silent).makeAsyncIterator()
                #expect(await events.next() == .listening)
            }
            var listeners = -1
            for _ in 0..<500 where listeners != 0 {
                listeners = try await database.read { connection throws(StorageError) in
                    _ = try connection.query("SELECT pg_sleep(0.02)")
                    return try connection.first(
                        """
                        SELECT count(*) AS n FROM pg_stat_activity
                        WHERE datname = current_database() AND query LIKE 'LISTEN%'
                        """)?.int("n") ?? -1
                }
            }
            #expect(listeners == 0)
            await database.close()
        }
    }
}

/// Opens a gate at the first error.
private struct OpeningLog: LogHandler {
    let gate: Gate
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.error

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { gate.open() }
}
