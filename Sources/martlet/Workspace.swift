import ArgumentParser
import Foundation
import Gateway
import Identity
import Logging
import Policy
import Storage

/// The data directory opened: database, master key and the services on them. What `serve` and the offline commands
/// have in common.
struct Workspace {
    let database: any SQLDatabase
    let identity: IdentityServices
    let masterKey: MasterKey

    static func open(
        _ settings: Settings, issuers: [JWTIssuer] = [], fetch: KeySetFetch? = nil, actor: AuditActor = .system,
        logger: Logger
    ) async throws -> Workspace {
        let url: DatabaseURL
        do throws(DatabaseURLError) { url = try DatabaseURL(settings.databaseURL ?? "sqlite") } catch {
            throw StartError("database_url: \(error)")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: settings.dataDir, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartError("data_dir: \(settings.dataDir) cannot be created: \(error.localizedDescription)")
        }
        let masterKey = try MasterKey.load(configured: settings.masterKey, directory: settings.dataDir)
        let database = try await url.openMigrated(defaultPath: settings.dataDir + "/martlet.db", logger: logger)
        let identity = try await IdentityServices.open(
            database: database, masterKey: masterKey, issuers: issuers, fetch: fetch, actor: actor,
            logger: logger)
        return Workspace(database: database, identity: identity, masterKey: masterKey)
    }

    /// Tenants that policy files name exist from then on, so that keys can be made for them.
    func ensureTenants(_ snapshot: PolicySnapshot) async throws {
        let drafts = snapshot.tenants.values.map {
            TenantDraft(id: $0.name, name: $0.name, plan: $0.plan ?? "standard", timezone: $0.timezone)
        }
        try await identity.tenants.ensure(drafts)
    }

    /// For a command that ends soon: opens, runs, closes.
    static func run<Result>(_ options: CommonOptions, _ body: (Workspace) async throws -> Result) async throws -> Result
    {
        let settings = try options.settings()
        let workspace: Workspace
        do {
            workspace = try await open(
                settings, actor: .commandLine, logger: Logger(label: "martlet", level: .warning))
        } catch {
            Output.note("martlet: \(error)")
            throw ExitCode(1)
        }
        let outcome: Swift.Result<Result, any Error>
        do {
            if let snapshot = try? PolicyFiles.directory(settings).load() {
                try await workspace.ensureTenants(snapshot)
            }
            outcome = .success(try await body(workspace))
        } catch { outcome = .failure(error) }
        await workspace.database.close()
        do { return try outcome.get() } catch let error as AdministrationError {
            Output.note("martlet: \(error)")
            throw ExitCode(1)
        }
    }
}

/// Why the program cannot start; a sentence for the operator.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
