import Logging
import Storage
import Synchronization

/// One issuer's keys, kept fresh: fetched in the background and when a token names a key that is not
/// there, at most so often, once for all requests that wait. A failed fetch keeps the keys there are.
final class KeySetSource: Sendable {
    /// What a look-up of a key came to.
    enum Finding: Sendable {
        case keys([VerificationKey])
        /// The keys are up to date, and there is no such key.
        case none
        /// The key may exist, but the key set cannot be had.
        case unavailable
    }

    private struct State {
        var set: KeySet?
        /// The text the set was read from, to tell a change from a refresh.
        var text: [UInt8] = []
        var stamp: FileStamp?
        var lastAttempt: Timestamp?
        var lastFailed = false
        var refresh: Task<Void, Never>?
    }

    private let issuer: JWTIssuer
    private let options: TokenOptions
    private let fetch: KeySetFetch
    private let clock: WallClock
    private let logger: Logger
    private let onSwap: @Sendable () -> Void
    private let state = Mutex(State())

    /// `onSwap` runs after the keys were replaced by different ones.
    init(
        issuer: JWTIssuer, options: TokenOptions, fetch: @escaping KeySetFetch, clock: @escaping WallClock,
        logger: Logger, onSwap: @escaping @Sendable () -> Void
    ) {
        self.issuer = issuer
        self.options = options
        self.fetch = fetch
        self.clock = clock
        self.logger = logger
        self.onSwap = onSwap
    }

    func find(keyID: String?, algorithm: SignatureAlgorithm) async -> Finding {
        if let keys = known(keyID, algorithm) { return .keys(keys) }
        await refresh(afterSeconds: options.minimumRefreshSeconds)
        if let keys = known(keyID, algorithm) { return .keys(keys) }
        return state.withLock { $0.set == nil || $0.lastFailed } ? .unavailable : .none
    }

    /// Refreshes if it is time; for a background loop.
    func maintain() async {
        await refresh(afterSeconds: options.refreshSeconds)
    }

    private func known(_ keyID: String?, _ algorithm: SignatureAlgorithm) -> [VerificationKey]? {
        let keys = state.withLock { $0.set }?.candidates(keyID: keyID, algorithm: algorithm) ?? []
        return keys.isEmpty ? nil : keys
    }

    /// Waits for a refresh that is under way, or starts one if the last is at least so long ago.
    private func refresh(afterSeconds period: Int) async {
        let now = clock()
        let task = state.withLock { state -> Task<Void, Never>? in
            if let task = state.refresh { return task }
            guard isDue(state, now: now, period: period) else { return nil }
            state.lastAttempt = now
            let task = Task {
                await self.load()
                // Blocks until the assignment below, because this lock is held until then.
                self.state.withLock { $0.refresh = nil }
            }
            state.refresh = task
            return task
        }
        await task?.value
    }

    /// A file costs one look at its time stamp, so it is always due.
    private func isDue(_ state: State, now: Timestamp, period: Int) -> Bool {
        guard case .url = issuer.keys, let last = state.lastAttempt else { return true }
        // A clock that was set back must not stop refreshing.
        guard last <= now else { return true }
        let wait = state.lastFailed ? min(period, options.retrySeconds) : period
        return now >= last.adding(milliseconds: Timestamp(seconds: wait).milliseconds)
    }

    private func load() async {
        do {
            guard let text = try await read() else { return }
            guard state.withLock({ $0.text != text || $0.set == nil }) else {
                finish(failed: false)
                return
            }
            var allowSharedSecrets = false
            if case .file = issuer.keys { allowSharedSecrets = true }
            let (set, skipped) = try await KeySet.parse(
                text, algorithms: issuer.algorithms, allowSharedSecrets: allowSharedSecrets)
            let replaced = state.withLock { state in
                defer { (state.set, state.text) = (set, text) }
                return state.set != nil
            }
            finish(failed: false)
            if replaced { onSwap() }
            logger.info(
                "Token keys loaded",
                metadata: [
                    "issuer": "\(issuer.issuer)", "keys": "\(set.keys.count)", "skipped": "\(skipped)",
                ])
        } catch {
            // Once per outage; attempts go on every few seconds.
            logger.log(
                level: finish(failed: true) ? .debug : .warning, "Token keys not loaded; keeping the ones there are",
                metadata: ["issuer": "\(issuer.issuer)", "error": "\(error)"])
        }
    }

    /// nil when a file is the one that was read last.
    private func read() async throws -> [UInt8]? {
        switch issuer.keys {
        case .url(let url, let allowPrivateNetwork):
            return try await fetch(url, allowPrivateNetwork)
        case .file(let path):
            // The stamp is taken before reading: a write in between is seen the next time.
            let stamp = FileStamp(path: path)
            guard stamp == nil || stamp != state.withLock({ $0.stamp }) else { return nil }
            state.withLock { $0.stamp = stamp }
            return try SmallFile.read(path: path, limit: 1 << 20)
        }
    }

    /// Returns whether the attempt before had failed too.
    @discardableResult
    private func finish(failed: Bool) -> Bool {
        state.withLock { state in
            defer { state.lastFailed = failed }
            return state.lastFailed
        }
    }
}
