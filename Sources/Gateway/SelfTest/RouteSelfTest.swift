import Dialects
import Identity
import Limits
import Logging
package import NIOCore
import NIOHTTP1
import Policy
import Routing

/// Walks the route table at the start and proves of each route that it lets no stranger in, and of each that is metered
/// that it reserves before a provider is asked and settles afterwards. A route that forgets one of these would give
/// away what the limits are there for, so the gateway does not start with it.
package struct RouteSelfTest: Sendable {
    /// A route does not do what its metering says.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private let services: GatewayServices
    private let routes: [DataPlaneRoute]

    package init(services: GatewayServices, routes: [DataPlaneRoute] = DataPlaneRoute.all) {
        self.services = services
        self.routes = routes
    }

    /// Takes milliseconds: the provider it asks is a closed port of this machine.
    package func run(on eventLoop: any EventLoop) async throws {
        let store = CountingLimitStore(clock: services.clock)
        var services = services
        services.limits = LimitStoreGuard(primary: store, logger: services.logger, clock: services.clock)
        services.alerts = nil
        // What the probe's provider does says nothing about those of the policy.
        services.routing = RoutingState(clock: { Journey.now })
        services.logger.logLevel = .critical
        let runtime = Runtime(try Self.snapshot(), demoBaseURL: nil, loadedAt: services.clock() / 1000)
        let pipeline = Pipeline(eventLoop: eventLoop, services: services, runtime: runtime)
        for route in routes {
            try await refusesStrangers(route, pipeline)
            if route.metering == .inference { try await meters(route, pipeline, store) }
        }
    }

    private func refusesStrangers(_ route: DataPlaneRoute, _ pipeline: Pipeline) async throws {
        let writer = ProbeWriter()
        let request = Self.request(route)
        await pipeline.perform { await $0.handle(request, writer) }
        guard writer.status == 401 else {
            throw Failure(description: "\(route.method) \(route.path) answers \(writer.status) without a credential")
        }
    }

    private func meters(_ route: DataPlaneRoute, _ pipeline: Pipeline, _ store: CountingLimitStore) async throws {
        let name = "\(route.method) \(route.path)"
        let request = Self.request(route)
        let refused = ProbeWriter()
        await pipeline.perform { await $0.serve(request, refused, as: Self.caller("full")) }
        guard refused.status == 429 else {
            throw Failure(description: "\(name) answers \(refused.status) although its limit is used up")
        }
        let before = store.counts
        let writer = ProbeWriter()
        await pipeline.perform { await $0.serve(request, writer, as: Self.caller("free")) }
        let after = store.counts
        guard after.reserved == before.reserved + 1, after.settled == before.settled + 1 else {
            throw Failure(
                description: "\(name) reserves \(after.reserved - before.reserved) and settles "
                    + "\(after.settled - before.settled) times")
        }
    }

    private static func caller(_ tenant: String) -> Identity {
        Identity(kind: .apiKey, tenant: tenant, keyID: "self-test")
    }

    private static func request(_ route: DataPlaneRoute) -> InboundRequest {
        let body = #"{"model":"probe","messages":[{"role":"user","content":"x"}],"prompt":"x","input":"x"}"#
        return InboundRequest(
            method: route.method, uri: route.path, headers: [:], body: route.method == .POST ? Array(body.utf8) : [],
            receivedAt: NIODeadline.now().uptimeNanoseconds)
    }

    /// One model at the discard port, where nobody listens.
    private static func snapshot() throws -> PolicySnapshot {
        let text = """
            version: 1
            providers: {probe: {kind: openai_compatible, base_url: "http://127.0.0.1:9/v1", allow_private_network: true}}
            models: {probe: {attempts_per_target: 1, targets: [{provider: probe}]}}
            plans: {standard: {models: ["*"], limits: [{scope: tenant, resource: requests, per: minute, max: 1000}]}}
            tenants:
              free: {plan: standard}
              full: {plan: standard, limits: [{scope: tenant, resource: requests, per: minute, max: 0}]}
            """
        return try PolicySnapshot(files: [PolicyFile(name: "self-test", bytes: Array(text.utf8))], environment: [:])
    }
}
