package import Logging
package import Policy
import Synchronization

/// Keeps the gateway on the newest valid policy: on a change of the files, and when told to (SIGHUP).
///
/// An invalid version changes nothing: the old policy stays in force, and the problems are logged at warning and
/// kept for whoever asks.
package final class PolicyReloader: Sendable {
    package struct Status: Sendable {
        /// How often a new policy was put in force since the start.
        package var reloads = 0
        /// Problems of the newest files when they were refused; empty when they are in force.
        package var problems: [Diagnostic] = []
    }

    private let directory: PolicyDirectory
    private let install: @Sendable (PolicySnapshot) -> Void
    private let logger: Logger
    /// Held while files are loaded and put in force: an older version must not overtake a newer one.
    private let loading = Mutex(())
    private let state: Mutex<(fingerprint: [String], status: Status)>

    package init(
        directory: PolicyDirectory, logger: Logger, install: @escaping @Sendable (PolicySnapshot) -> Void
    ) {
        self.directory = directory
        self.logger = logger
        self.install = install
        state = Mutex((directory.fingerprint(), Status()))
    }

    package var status: Status { state.withLock { $0.status } }

    /// Loads now if the files changed since they were last looked at. File names and status only, so it may be
    /// called every second; blocks on the file system, so not from an event loop. Returns whether it loaded.
    @discardableResult
    package func reloadIfChanged() -> Bool {
        let now = directory.fingerprint()
        let changed = state.withLock { $0.fingerprint != now }
        if changed { reload() }
        return changed
    }

    /// Loads now, changed or not. Blocks on the file system.
    package func reload() {
        loading.withLock { _ in load() }
    }

    private func load() {
        // Before the files are read: a change while they are read shall be seen as one.
        let fingerprint = directory.fingerprint()
        state.withLock { $0.fingerprint = fingerprint }
        do throws(PolicyErrors) {
            let snapshot = try directory.load()
            install(snapshot)
            let count = state.withLock { state in
                state.status.reloads += 1
                state.status.problems = []
                return state.status.reloads
            }
            for warning in snapshot.warnings { logger.warning("policy: \(warning)") }
            logger.notice("policy reloaded", metadata: ["reloads": "\(count)"])
        } catch {
            state.withLock { $0.status.problems = error.diagnostics }
            for problem in error.diagnostics { logger.warning("policy not reloaded: \(problem)") }
        }
    }
}
