package import Logging
package import Storage

/// Why identity cannot start. For the operator.
package enum IdentityStartError: Error, Sendable, CustomStringConvertible {
    case storage(StorageError)
    case masterKey(MasterKeyError)
    /// ``JWTIssuer/problems(_:)``, one per line.
    case issuers([String])

    /// One line per problem.
    package var description: String {
        switch self {
        case .storage(let error): error.description
        case .masterKey(let error): error.description
        case .issuers(let problems): problems.joined(separator: "\n")
        }
    }
}

/// Everything the server and the command line need of this module, wired together.
package struct IdentityServices: Sendable {
    /// Changes here count here at once.
    package let tenants: TenantService
    /// Changes here count here at once.
    package let keys: KeyService
    /// Its ``Authenticator/run()`` must run in a server; the command line does without.
    package let authenticator: Authenticator

    /// Opens on a migrated database. Refuses a master key that is not the one the database's keys were
    /// made with. A database that is down is an error here, though not later. Changes that nobody else is named for
    /// count as made by `actor`.
    package static func open(
        database: any SQLDatabase, masterKey: MasterKey, issuers: [JWTIssuer] = [], fetch: KeySetFetch? = nil,
        options: AuthenticatorOptions = AuthenticatorOptions(), actor: AuditActor = .system,
        clock: @escaping WallClock = Timestamp.now, logger: Logger
    ) async throws(IdentityStartError) -> IdentityServices {
        let problems = JWTIssuer.problems(issuers)
        guard problems.isEmpty else {
            throw .issuers(problems.map { "jwt.issuers[\($0.index)]: \($0.message)" })
        }
        for issuer in issuers where issuer.audiences.isEmpty {
            logger.warning(
                "Tokens of this issuer count whatever their audience", metadata: ["issuer": "\(issuer.issuer)"])
        }
        let check = masterKey.derive(.check)
        let established: [UInt8]
        do {
            established = try await MetaRepository(database).establish("master_key_check", check)
        } catch {
            throw .storage(error)
        }
        guard established == check else { throw .masterKey(.doesNotMatchDatabase) }
        let hasher = APIKeyHasher(masterKey)
        let authenticator = Authenticator(
            database: database, hasher: hasher, issuers: issuers,
            fetch: fetch ?? { _, _ in throw KeySetError(description: "fetching is not set up") },
            options: options, clock: clock, logger: logger)
        await authenticator.synchronize()
        let onChange: @Sendable () async -> Void = { await authenticator.synchronize() }
        return IdentityServices(
            tenants: TenantService(database: database, actor: actor, clock: clock, onChange: onChange),
            keys: KeyService(database: database, hasher: hasher, actor: actor, clock: clock, onChange: onChange),
            authenticator: authenticator)
    }

    /// On a database without any key: makes the tenant `default` (unless there is one) and a first key,
    /// to be printed once. nil ever after, also when all keys are revoked.
    package func bootstrap(clock: WallClock = Timestamp.now) async throws(AdministrationError) -> IssuedKey? {
        let tenant = TenantRecord(
            id: "default", name: "Default", plan: "standard", timezone: "UTC", createdAt: clock())
        return try await keys.createFirst(tenant: tenant, name: "first key")
    }
}
