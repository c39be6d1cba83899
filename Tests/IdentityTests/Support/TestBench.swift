import Foundation
import Identity
import Logging
import Storage

/// A migrated database with a tenant `acme`, a clock, and the module's services on top.
struct TestBench: Sendable {
    let clock: TestClock
    let database: FlakyDatabase
    let masterKey: MasterKey
    let services: IdentityServices
    let directory: String

    var keys: KeyService { services.keys }
    var tenants: TenantService { services.tenants }
    var authenticator: Authenticator { services.authenticator }

    static func run(
        issuers: [JWTIssuer] = [], fetch: KeySetFetch? = nil, options: AuthenticatorOptions = AuthenticatorOptions(),
        _ body: (TestBench) async throws -> Void
    ) async throws {
        try await TemporaryDirectory.run { directory in
            let file = try await SQLiteDatabase.open(path: directory + "/test.sqlite")
            let database = FlakyDatabase(file)
            let clock = TestClock()
            try await Migrator().migrate(database, clock: clock.clock)
            try await TenantRepository(database).insert(
                TenantRecord(id: "acme", name: "Acme", plan: "standard", timezone: "UTC", createdAt: clock.now))
            let masterKey = MasterKey()
            let services = try await IdentityServices.open(
                database: database, masterKey: masterKey, issuers: issuers, fetch: fetch, options: options,
                clock: clock.clock, logger: .silent)
            let bench = TestBench(
                clock: clock, database: database, masterKey: masterKey, services: services, directory: directory)
            do {
                try await body(bench)
            } catch {
                await database.close()
                throw error
            }
            await database.close()
        }
    }

    /// The services of another process on the same database, such as the command line.
    func otherProcess() async throws -> IdentityServices {
        try await IdentityServices.open(
            database: database, masterKey: masterKey, clock: clock.clock, logger: .silent)
    }

    /// The reason ``Authenticator/authenticate(_:)`` gives, nil for success.
    func refusal(_ token: String) async -> AuthenticationFailure.Reason? {
        do throws(AuthenticationFailure) {
            _ = try await authenticator.authenticate(token)
            return nil
        } catch {
            return error.reason
        }
    }
}

enum TemporaryDirectory {
    static func run(_ body: (String) async throws -> Void) async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("martlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try await body(url.path)
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension Array where Element == UInt8 {
    /// Bytes drawn from `alphabet`.
    static func random(count: Int, from alphabet: String, using random: inout SplitMix64) -> [UInt8] {
        let characters = Array(alphabet.utf8)
        return (0..<count).map { _ in characters.randomElement(using: &random) ?? 0 }
    }
}
