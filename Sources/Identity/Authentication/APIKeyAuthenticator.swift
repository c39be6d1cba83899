import Logging
import Storage
import Synchronization

/// Checks API keys against the database and keeps what it knows in step with it.
final class APIKeyAuthenticator: Sendable {
    private let repository: APIKeyRepository
    private let hasher: APIKeyHasher
    private let directory: KeyDirectory
    private let clock: WallClock
    private let logger: Logger
    private let graceMilliseconds: Int
    /// When the database last told what changed, in milliseconds since 1970.
    private let lastSync = Atomic<Int>(.min)
    private let isFailing = Atomic<Bool>(false)

    init(
        database: any SQLDatabase, hasher: APIKeyHasher, directory: KeyDirectory, options: AuthenticatorOptions,
        clock: @escaping WallClock, logger: Logger
    ) {
        repository = APIKeyRepository(database)
        self.hasher = hasher
        self.directory = directory
        self.clock = clock
        self.logger = logger
        graceMilliseconds = Timestamp(seconds: options.outageGraceSeconds).milliseconds
    }

    /// Whether known keys may be believed: the database was heard within the grace period.
    func isInStep(now: Timestamp) -> Bool {
        let last = lastSync.load(ordering: .relaxed)
        return last != .min && now.milliseconds &- last <= graceMilliseconds
    }

    /// Whether a well-formed key can exist at all; see ``APIKeyHasher/isGenuine(publicID:)``.
    func isGenuine(_ key: APIKey) -> Bool {
        if hasher.isGenuine(publicID: key.publicID) { return true }
        hasher.verifyNothing(key)
        return false
    }

    /// Checks a key that is not in the cache, and puts it there.
    func authenticate(_ key: APIKey, digest: TokenDigest) async -> SharedFlights.Outcome {
        if isInStep(now: clock()), let record = directory.record(key.publicID) {
            return check(key, digest, record)
        }
        // A key that changes while it is read is read again; one that changes all the time is believed
        // for this request only.
        for attempt in 1...3 {
            do {
                let (record, version) = try await repository.lookUp(key.publicID)
                guard let record else {
                    hasher.verifyNothing(key)
                    return failure(.unknownKey, key)
                }
                guard directory.keep(record, readAt: version) || attempt == 3 else { continue }
                return check(key, digest, record)
            } catch {
                logger.debug("API key look-up failed", metadata: ["error": "\(error)"])
                return failure(.unavailable, key)
            }
        }
        return failure(.unavailable, key)
    }

    /// Reads what changed since the last time and drops it from the caches. Returns whether tenants were
    /// removed. Cheap when nothing changed; a failure only means that the grace period runs.
    func synchronize() async -> Bool {
        let since = directory.version
        let now = clock()
        do {
            let changes = try await repository.changes(since: since)
            let removedTenants = directory.apply(changes, since: since)
            lastSync.store(now.milliseconds, ordering: .relaxed)
            if isFailing.exchange(false, ordering: .relaxed) {
                logger.notice("Database is back; API keys are up to date")
            }
            return removedTenants
        } catch {
            if !isFailing.exchange(true, ordering: .relaxed) {
                logger.warning(
                    "Database does not tell about API key changes; known keys stay valid for a while",
                    metadata: ["error": "\(error)", "grace_seconds": "\(graceMilliseconds / 1000)"])
            }
            return false
        }
    }

    /// Writes when keys were last used.
    func recordUses() async {
        let uses = directory.takeUses()
        do {
            try await repository.recordUse(uses)
        } catch {
            directory.returnUses(uses)
            logger.debug("Last use of API keys not written", metadata: ["error": "\(error)"])
        }
    }

    private func check(_ key: APIKey, _ digest: TokenDigest, _ record: APIKeyRecord) -> SharedFlights.Outcome {
        let now = clock()
        var end = record.expiresAt
        if !hasher.verify(key, hash: record.secretHash) {
            guard let previous = record.previousHash, hasher.verify(key, hash: previous) else {
                return failure(.unknownKey, key)
            }
            // A rotated secret without an end has none left.
            let rotationEnd = record.previousValidUntil ?? record.rotatedAt ?? record.createdAt
            end = min(end ?? rotationEnd, rotationEnd)
        }
        // Only now: whoever does not know the secret learns nothing about the key.
        guard record.revokedAt == nil else { return failure(.revoked, key) }
        if let end, end <= now { return failure(.expired(at: end), key) }
        let identity = Identity(record)
        let entry = CacheEntry(identity: identity, validUntil: end?.milliseconds ?? .max, epoch: nil, usedAt: now)
        directory.admit(entry, for: digest, from: record)
        return .success(identity)
    }

    private func failure(_ reason: AuthenticationFailure.Reason, _ key: APIKey) -> SharedFlights.Outcome {
        .failure(AuthenticationFailure(reason, maskedToken: TokenMask.mask(key.text.utf8)))
    }
}

extension Identity {
    convenience init(_ record: APIKeyRecord) {
        let scopes = Set(record.scopes.map(Scope.init(rawValue:)))
        self.init(
            kind: .apiKey, tenant: record.tenant, keyID: record.publicID, user: record.user, scopes: scopes,
            roles: scopes.contains(.admin) ? [.tenantAdmin] : [], models: ModelAllowList(record.models))
    }
}
