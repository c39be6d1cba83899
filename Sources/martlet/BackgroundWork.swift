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
    let reloader: PolicyReloader
    let plansVersion: Int?
    let logger: Logger

    /// Until the task is cancelled.
    func run(reloads: AsyncStream<Int32>) async {
        await withTaskGroup { group in
            group.addTask { await workspace.identity.authenticator.run() }
            group.addTask { await limits.run() }
            group.addTask { await alerts.run() }
            group.addTask { await followTenantPlans() }
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

    private func followTenantPlans() async {
        var version = plansVersion
        while !Task.isCancelled {
            // A database in trouble leaves the plans as they are; authentication has its own grace.
            if let changed = try? await TenantRepository(workspace.database).plans(since: version) {
                version = changed.version
                gateway.install(storedPlans: changed.plans)
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}
