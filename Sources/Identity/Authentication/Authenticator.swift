package import Logging
package import Storage
import Synchronization

/// Turns a request's credential into an ``Identity``.
///
/// ``cached(_:)`` answers almost every request: synchronous, without allocation, safe on an event loop.
/// Where it returns nil, ``authenticate(_:)`` finds out, off the event loop. ``run()`` keeps what is
/// cached in step with the database and the issuers.
package final class Authenticator: Sendable {
    private let clock: WallClock
    private let options: AuthenticatorOptions
    private let cache: IdentityCache
    private let failures: FailureCache
    /// Apart, so that an issuer that does not answer holds up no API key.
    private let keyFlights: SharedFlights
    private let tokenFlights: SharedFlights
    private let directory: KeyDirectory
    private let keys: APIKeyAuthenticator
    private let tokens: TokenVerifier
    /// Raised whenever verified tokens may no longer be believed: another key set, a removed tenant.
    private let tokenEpoch: TokenEpoch

    /// `issuers` must be free of ``JWTIssuer/problems(_:)``. `fetch` is called for their key sets only.
    package init(
        database: any SQLDatabase, hasher: APIKeyHasher, issuers: [JWTIssuer] = [],
        fetch: @escaping KeySetFetch = { _, _ in throw KeySetError(description: "fetching is not set up") },
        options: AuthenticatorOptions = AuthenticatorOptions(), clock: @escaping WallClock = Timestamp.now,
        logger: Logger
    ) {
        self.clock = clock
        self.options = options
        let epoch = TokenEpoch()
        tokenEpoch = epoch
        cache = IdentityCache(capacity: options.capacity)
        failures = FailureCache(
            capacity: options.failureCapacity, lifetimeMilliseconds: options.failureLifetimeMilliseconds)
        keyFlights = SharedFlights(capacity: options.maximumLookUps)
        tokenFlights = SharedFlights(capacity: options.maximumLookUps)
        directory = KeyDirectory(cache: cache, capacity: options.capacity)
        keys = APIKeyAuthenticator(
            database: database, hasher: hasher, directory: directory, options: options, clock: clock, logger: logger)
        tokens = TokenVerifier(
            issuers: issuers, options: options.tokens, fetch: fetch, clock: clock, logger: logger,
            onSwap: { epoch.advance() })
    }

    /// The identity of a credential that was found good before and still is; nil means "ask
    /// ``authenticate(_:)``", not "refused".
    package func cached(_ token: String) -> Identity? {
        var token = token
        return token.withUTF8 { cached(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// The same for a part of a header.
    package func cached(_ token: Substring) -> Identity? {
        var token = token
        return token.withUTF8 { cached(utf8: UnsafeRawBufferPointer($0)) }
    }

    /// The same for bytes.
    package func cached(_ token: [UInt8]) -> Identity? {
        token.withUnsafeBytes { cached(utf8: $0) }
    }

    /// The identity of a credential, cached or looked up. Not undone by cancellation of the calling task,
    /// because other requests may be waiting for the same look-up.
    package func authenticate(_ token: String) async throws(AuthenticationFailure) -> Identity {
        try await authenticate(Array(token.utf8))
    }

    /// The same for a part of a header.
    package func authenticate(_ token: Substring) async throws(AuthenticationFailure) -> Identity {
        try await authenticate(Array(token.utf8))
    }

    /// The same for bytes.
    package func authenticate(_ token: [UInt8]) async throws(AuthenticationFailure) -> Identity {
        guard !token.isEmpty else { throw AuthenticationFailure(.missing) }
        if let identity = cached(token) { return identity }
        let digest = token.withUnsafeBytes(TokenDigest.init)
        if let failure = failures.failure(digest, now: clock()) { throw failure }
        let credential = try classify(token)
        let flights =
            switch credential {
            case .key: keyFlights
            case .token: tokenFlights
            }
        let outcome = await flights.run(digest) {
            let outcome = await self.resolve(credential, digest)
            if case .failure(let failure) = outcome {
                self.failures.insert(failure, for: digest, now: self.clock())
            }
            return outcome
        }
        return try outcome.get()
    }

    /// Why a credential cannot be good, as far as that shows without a look-up: no credential of ours by its form,
    /// or refused a moment ago. nil: it is known, or ``authenticate(_:)`` must find out.
    package func refusal(of token: Substring) -> AuthenticationFailure? {
        let bytes = Array(token.utf8)
        if cached(bytes) != nil { return nil }
        if let failure = failures.failure(bytes.withUnsafeBytes(TokenDigest.init), now: clock()) { return failure }
        do throws(AuthenticationFailure) { _ = try classify(bytes) } catch { return error }
        return nil
    }

    private enum Kind: Sendable {
        case key(APIKey)
        case token([UInt8])
    }

    /// Refuses what cannot be any credential of this gateway before it costs anything.
    private func classify(_ token: [UInt8]) throws(AuthenticationFailure) -> Kind {
        if APIKey.isClaimed(by: token) {
            guard let key = APIKey(token) else {
                throw AuthenticationFailure(.malformed, maskedToken: TokenMask.mask(token))
            }
            guard keys.isGenuine(key) else {
                throw AuthenticationFailure(.unknownKey, maskedToken: TokenMask.mask(token))
            }
            return .key(key)
        }
        guard tokens.claims(token) else {
            throw AuthenticationFailure(.malformed, maskedToken: TokenMask.mask(token))
        }
        return .token(token)
    }

    private func resolve(_ kind: Kind, _ digest: TokenDigest) async -> SharedFlights.Outcome {
        switch kind {
        case .key(let key): return await keys.authenticate(key, digest: digest)
        case .token(let token):
            // Before verification: what changes during it must make the entry stale.
            let epoch = tokenEpoch.current
            do throws(AuthenticationFailure) {
                let (identity, validUntil) = try await tokens.verify(token)
                guard !directory.isRemoved(tenant: identity.tenant) else {
                    throw AuthenticationFailure(.tenantRemoved)
                }
                let entry = CacheEntry(identity: identity, validUntil: validUntil, epoch: epoch, usedAt: clock())
                _ = cache.insert(entry, for: digest)
                return .success(identity)
            } catch {
                return .failure(error)
            }
        }
    }

    private func cached(utf8 token: UnsafeRawBufferPointer) -> Identity? {
        guard let entry = cache.entry(TokenDigest(token)) else { return nil }
        let now = clock()
        guard now.milliseconds < entry.validUntil else { return nil }
        if let epoch = entry.epoch {
            guard epoch == tokenEpoch.current else { return nil }
        } else {
            guard keys.isInStep(now: now) else { return nil }
        }
        entry.touch(now)
        return entry.identity
    }
}

extension Authenticator {
    /// Makes changes in the database count from now on: revoked and changed keys, removed tenants.
    /// Call it after a change made here, or when another server tells of one.
    package func synchronize() async {
        let before = directory.version
        if await keys.synchronize() { tokenEpoch.advance() }
        if directory.version != before { failures.removeAll() }
    }

    /// Refreshes the issuers' key sets that are due.
    package func maintainKeySets() async {
        await tokens.maintain()
    }

    /// Writes when keys were last used.
    package func recordUses() async {
        await keys.recordUses()
    }

    /// Drops what is cached in vain: tokens that expired or were verified with replaced keys.
    package func removeUseless() {
        let now = clock().milliseconds
        let epoch = tokenEpoch.current
        // Entries of API keys stay: their uses are not written yet, and the directory knows them.
        cache.removeAll { entry in entry.epoch.map { $0 != epoch || entry.validUntil <= now } ?? false }
    }

    /// Runs until the task is cancelled: follows the database, refreshes key sets, writes last uses (a
    /// last time at the end). One call per process.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.followDatabase() }
            if tokens.hasIssuers {
                group.addTask {
                    await Self.every(.seconds(1)) { await self.maintainKeySets() }
                }
            }
        }
        await recordUses()
    }

    private func followDatabase() async {
        var nextFlush = clock().adding(milliseconds: flushPeriod)
        await Self.every(.milliseconds(max(10, options.pollMilliseconds))) {
            await self.synchronize()
            guard self.clock() >= nextFlush else { return }
            await self.recordUses()
            self.removeUseless()
            nextFlush = self.clock().adding(milliseconds: self.flushPeriod)
        }
    }

    private var flushPeriod: Int { Timestamp(seconds: options.useFlushSeconds).milliseconds }

    private static func every(_ period: Duration, _ body: () async -> Void) async {
        while !Task.isCancelled {
            await body()
            try? await Task.sleep(for: period)
        }
    }
}

/// A counter of reasons to verify all tokens again.
final class TokenEpoch: Sendable {
    private let value = Atomic<Int>(0)

    var current: Int { value.load(ordering: .acquiring) }

    func advance() {
        value.wrappingAdd(1, ordering: .acquiringAndReleasing)
    }
}
