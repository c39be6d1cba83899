package import Ledger
package import NIOCore
package import Policy
package import Storage
import Synchronization

/// The data plane: one pipeline per event loop, and the policy they all follow.
package final class Gateway: Sendable {
    private let services: GatewayServices
    private let demoBaseURL: String?
    private let pipelines: [ObjectIdentifier: Pipeline]
    private let current: Mutex<Runtime>

    package init(
        eventLoops: [any EventLoop], services: GatewayServices, snapshot: PolicySnapshot,
        storedTenants: [String: StoredTenant] = [:], ledger: [UsageLane] = [], demoBaseURL: String?
    ) {
        let runtime = Runtime(snapshot, demoBaseURL: demoBaseURL, loadedAt: services.clock() / 1000)
        self.services = services
        self.demoBaseURL = demoBaseURL
        current = Mutex(runtime)
        pipelines = Dictionary(
            uniqueKeysWithValues: eventLoops.enumerated().map { index, eventLoop in
                let lane = ledger.indices.contains(index) ? ledger[index] : nil
                let pipeline = Pipeline(
                    eventLoop: eventLoop, services: services, runtime: runtime, storedTenants: storedTenants,
                    ledger: lane)
                return (ObjectIdentifier(eventLoop), pipeline)
            })
    }

    /// The pipeline of an event loop this gateway was made with.
    package func pipeline(on eventLoop: any EventLoop) -> Pipeline? { pipelines[ObjectIdentifier(eventLoop)] }

    /// The policy in force.
    package var snapshot: PolicySnapshot { current.withLock { $0.snapshot } }

    /// Puts a new policy in force for requests that start from now on; running ones keep theirs.
    package func install(_ snapshot: PolicySnapshot) {
        let runtime = Runtime(snapshot, demoBaseURL: demoBaseURL, loadedAt: services.clock() / 1000)
        current.withLock { $0 = runtime }
        for pipeline in pipelines.values {
            pipeline.eventLoop.execute { pipeline.install(runtime) }
        }
    }

    /// Returns when every event loop follows the policy installed last.
    package func settle() async {
        for pipeline in pipelines.values {
            try? await pipeline.eventLoop.submit {}.get()
        }
    }

    /// Returns when no request is running or waiting to be settled, at the latest at the deadline; false then.
    package func quiesce(until deadline: NIODeadline) async -> Bool {
        while true {
            var running = 0
            for pipeline in pipelines.values {
                running += (try? await pipeline.eventLoop.submit { pipeline.inFlight }.get()) ?? 0
            }
            if running == 0 { return true }
            if NIODeadline.now() >= deadline { return false }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Tenants created at run time, by id; what a policy file says about a tenant wins.
    package func install(storedTenants: [String: StoredTenant]) {
        for pipeline in pipelines.values {
            pipeline.eventLoop.execute { pipeline.storedTenants = storedTenants }
        }
    }
}
