import Foundation
import Storage
import Testing

@Suite struct SQLiteDatabaseTests {
    @Test func filesArePrivate() async throws {
        try await TemporaryDirectory.run { directory in
            let database = try await SQLiteDatabase.open(path: directory + "/m.sqlite")
            try await Migrator().migrate(database)
            for name in ["m.sqlite", "m.sqlite-wal"] {
                let mode = try FileManager.default.attributesOfItem(atPath: directory + "/" + name)[.posixPermissions]
                #expect(mode as? Int == 0o600, "\(name)")
            }
            await database.close()
        }
    }

    @Test func commitsWaitForTheDiskUnlessToldOtherwise() async throws {
        try await TemporaryDirectory.run { directory in
            var options = SQLiteOptions()
            for (durable, expected) in [(true, 2), (false, 1)] {
                options.durableCommits = durable
                let database = try await SQLiteDatabase.open(path: directory + "/m.sqlite", options: options)
                let level = try await database.write { connection throws(StorageError) in
                    try connection.first("PRAGMA synchronous")?.int("synchronous")
                }
                let mode = try await database.read { connection throws(StorageError) in
                    try connection.first("PRAGMA journal_mode")?.text("journal_mode")
                }
                #expect(level == expected)
                #expect(mode == "wal")
                await database.close()
            }
        }
    }

    @Test func aForeignFileIsCorrupt() async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/m.sqlite"
            try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
            await #expect {
                let database = try await SQLiteDatabase.open(path: path)
                try await Migrator().migrate(database)
            } throws: { error in
                guard case StorageError.corrupt = error else { return false }
                return true
            }
        }
    }

    @Test func aMissingDirectoryIsUnavailable() async throws {
        try await TemporaryDirectory.run { directory in
            await #expect {
                _ = try await SQLiteDatabase.open(path: directory + "/missing/m.sqlite")
            } throws: { ($0 as? StorageError)?.label == "unavailable" }
        }
    }

    /// The command line works on a running server's database: each sees what the other committed.
    @Test func twoOpenersSeeEachOther() async throws {
        try await TemporaryDirectory.run { directory in
            let server = try await SQLiteDatabase.open(path: directory + "/m.sqlite")
            try await Migrator().migrate(server)
            let tool = try await SQLiteDatabase.open(path: directory + "/m.sqlite")
            try await TenantRepository(tool).insert(.sample("acme"))
            #expect(try await TenantRepository(server).find("acme", in: .all)?.id == "acme")
            try await TenantRepository(server).insert(.sample("other"))
            #expect(try await TenantRepository(tool).find("other", in: .all)?.id == "other")
            await tool.close()
            #expect(try await TenantRepository(server).find("acme", in: .all) != nil)
            await server.close()
        }
    }

    @Test func twoOpenersWriteAtTheSameTime() async throws {
        try await TemporaryDirectory.run { directory in
            let first = try await SQLiteDatabase.open(path: directory + "/m.sqlite")
            let second = try await SQLiteDatabase.open(path: directory + "/m.sqlite")
            try await Migrator().migrate(first)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    let database = number % 2 == 0 ? first : second
                    group.addTask { try await TenantRepository(database).insert(.sample("t\(number)")) }
                }
                try await group.waitForAll()
            }
            #expect(try await TenantRepository(first).list(in: .all).items.count == 20)
            await first.close()
            await second.close()
        }
    }

    @Test func aLockHeldTooLongIsUnavailable() async throws {
        try await TemporaryDirectory.run { directory in
            var options = SQLiteOptions()
            options.busyTimeoutMilliseconds = 20
            let holder = try await SQLiteDatabase.open(path: directory + "/m.sqlite")
            let waiter = try await SQLiteDatabase.open(path: directory + "/m.sqlite", options: options)
            try await Migrator().migrate(holder)
            let held = DispatchSemaphore(value: 0)
            let release = DispatchSemaphore(value: 0)
            let holding = Task {
                try await holder.write { connection throws(StorageError) in
                    try connection.execute("INSERT INTO meta (name, value) VALUES ('a', \([UInt8]([1])))")
                    held.signal()
                    release.wait()
                }
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    held.wait()
                    continuation.resume()
                }
            }
            await #expect {
                try await TenantRepository(waiter).insert(.sample("acme"))
            } throws: { ($0 as? StorageError)?.isRetryable == true }
            // Readers do not wait for the writer.
            #expect(try await TenantRepository(waiter).list(in: .all).items.isEmpty)
            release.signal()
            try await holding.value
            try await TenantRepository(waiter).insert(.sample("acme"))
            await holder.close()
            await waiter.close()
        }
    }

    @Test func errorsDoNotQuoteValues() async throws {
        try await TestDatabase.sqlite.runMigrated { database in
            let tenant = TenantRecord.sample("acme", name: "very secret")
            try await TenantRepository(database).insert(tenant)
            await #expect {
                try await TenantRepository(database).insert(tenant)
            } throws: { !String(describing: $0).contains("very secret") }
        }
    }
}
