import Gateway
import Identity
import Logging
import Policy
import Storage

/// What goes on beside the requests: following the database, watching the policy files.
struct BackgroundWork {
    let workspace: Workspace
    let gateway: Gateway
    let limits: LimitServices
    let alerts: AlertServices
    let ledger: LedgerServices
    let reloader: PolicyReloader
    let tenantsVersion: Int?
    let logger: Logger

    /// Until the task is cancelled.
    func run(reloads: AsyncStream<Int32>) async {
        await withTaskGroup { group in
            group.addTask { await workspace.identity.authenticator.run() }
            group.addTask { await limits.run() }
            group.addTask { await alerts.run() }
            group.addTask { await ledger.run() }
            group.addTask { await followTenants() }
            group.addTask { await watchPolicies() }
            group.addTask {
                for await _ in reloads {
                    reloader.reload()
                    await ensureTenants()
                }
            }
        }
    }

    private func watchPolicies() async {
        while !Task.isCancelled {
            if reloader.reloadIfChanged() { await ensureTenants() }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func ensureTenants() async {
        do { try await workspace.ensureTenants(gateway.snapshot) } catch {
            logger.warning("tenants of the policy files could not be stored: \(error)")
        }
    }

    private func followTenants() async {
        var version = tenantsVersion
        while !Task.isCancelled {
            // A database in trouble leaves them as they are; authentication has its own grace.
            if let changed = try? await TenantRepository(workspace.database).stored(since: version) {
                version = changed.version
                gateway.install(storedTenants: changed.tenants)
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}
