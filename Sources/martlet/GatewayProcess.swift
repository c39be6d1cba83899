import Admin
import Dialects
import FakeProvider
import Foundation
import Gateway
import Hummingbird
import Identity
import Limits
import Listener
import Logging
import NIOCore
import NIOPosix
import Policy
import Routing
import Storage
import Synchronization
import Upstream

/// One running gateway: its parts, in the order in which they start; they stop in the reverse.
struct GatewayProcess {
    private let settings: Settings
    private let logger: Logger

    init(_ settings: Settings) {
        self.settings = settings
        logger = Logger(label: "martlet", level: settings.logLevel)
    }

    func run() async throws {
        // Before anything that takes time: a signal that nobody handles yet would kill the process.
        let termination = Signals.events(Signals.termination)
        let reloads = Signals.events([Signals.reload])
        let address = try ListenAddress(settings.listen)
        let directory = PolicyFiles.directory(settings)
        let snapshot = try directory.load()
        for warning in snapshot.warnings { logger.warning("\(warning)") }
        for warning in LaterFeatures.warnings(snapshot) { logger.warning("\(warning)") }
        let tls = try settings.tls.map { try TLSSettings(certificatePath: $0.certificate, keyPath: $0.key) }

        let group = MultiThreadedEventLoopGroup(numberOfThreads: EventLoopCount.forThisProcess())
        let upstream = UpstreamClient(
            group: group, configuration: UpstreamConfiguration(environment: ProcessInfo.processInfo.environment),
            logger: logger)
        upstream.start()
        let workspace = try await Workspace.open(
            settings, issuers: settings.jwtIssuers.map { JWTIssuer($0) }, fetch: keySetFetch(upstream, group),
            logger: logger)
        try await workspace.ensureTenants(snapshot)

        let demo = try await startDemo()
        let limits = try await LimitServices.open(settings, group: group, logger: logger)
        let alerts = AlertServices(
            claims: limits.claims, masterKey: workspace.masterKey, upstream: upstream, group: group, logger: logger)
        let storedTenants = try await TenantRepository(workspace.database).stored(since: nil)
        let eventLoops = Array(group.makeIterator())
        let ledger = try await LedgerServices.open(
            settings, database: workspace.database, lanes: eventLoops.count, logger: logger)
        var services = GatewayServices(
            authenticator: workspace.identity.authenticator, upstream: upstream, limits: limits.store,
            alerts: alerts.watch,
            routing: RoutingState(clock: { Int(clamping: NIODeadline.now().uptimeNanoseconds / 1_000_000) }),
            leaseMilliseconds: settings.leaseMilliseconds, logger: logger,
            clock: { Timestamp.now().milliseconds })
        services.durable = ledger.durable
        services.whenLedgerFull = ledger.whenFull
        services.promptCapture = settings.promptCapture
        try await RouteSelfTest(services: services).run(on: group.next())
        let gateway = Gateway(
            eventLoops: eventLoops, services: services, snapshot: snapshot,
            storedTenants: storedTenants?.tenants ?? [:], ledger: ledger.lanes, demoBaseURL: demo.baseURL)
        let draining = OneWaySwitch()
        let listener = makeListener(group, gateway, workspace, tls, draining)
        let bound = try await listener.start(host: address.host, port: address.port)
        try await announce(address, port: bound.port ?? address.port, isTLS: tls != nil, workspace)

        let reloader = PolicyReloader(directory: directory, logger: logger) { [logger] snapshot in
            for warning in LaterFeatures.warnings(snapshot) { logger.warning("\(warning)") }
            gateway.install(snapshot)
        }
        let background = BackgroundWork(
            workspace: workspace, gateway: gateway, limits: limits, alerts: alerts, ledger: ledger, reloader: reloader,
            tenantsVersion: storedTenants?.version,
            logger: logger)
        let work = Task { await background.run(reloads: reloads) }
        for await _ in termination { break }

        logger.notice("shutting down: no new connections, answers in progress finish")
        let end = ContinuousClock.now + .milliseconds(settings.shutdownGrace)
        draining.turnOn()
        let clean = await listener.drain(grace: .milliseconds(Int64(settings.shutdownGrace)))
        if !clean { logger.warning("some answers outlasted shutdown_grace and were cut") }
        if await !gateway.quiesce(until: .now() + .seconds(5)) {
            logger.warning("some answers that nobody waits for any more were cut")
        }
        // Ends what is left of those, so that they are settled and written down, too.
        await upstream.shutdown()
        _ = await gateway.quiesce(until: .now() + .seconds(5))
        work.cancel()
        await work.value
        await ledger.close(on: eventLoops, until: end)
        await limits.close()
        await demo.server.stop()
        await workspace.database.close()
        try? await group.shutdownGracefully()
        logger.notice("stopped")
    }

    private func makeListener(
        _ group: MultiThreadedEventLoopGroup, _ gateway: Gateway, _ workspace: Workspace, _ tls: TLSSettings?,
        _ draining: OneWaySwitch
    ) -> Listener {
        let database = workspace.database
        let router = ControlPlane.makeRouter()
        HealthRoutes(
            version: Martlet.version,
            checks: [
                HealthRoutes.Check(name: "database") {
                    do throws(StorageError) {
                        _ = try await database.read { connection throws(StorageError) in
                            try connection.query("SELECT 1")
                        }
                        return nil
                    } catch { return "unavailable" }
                },
                HealthRoutes.Check(name: "providers") { gateway.snapshot.providers.isEmpty ? "none configured" : nil },
            ],
            isDraining: { draining.isOn }
        ).add(to: router)
        let control = ControlPlane(router: router, logger: logger)
        var configuration = ListenerConfiguration()
        configuration.bodyLimit = settings.requestBodyLimit
        return Listener(configuration: configuration, group: group, tls: tls, logger: logger) { eventLoop in
            Lanes(dataPlane: gateway.pipeline(on: eventLoop) ?? control as any RequestHandler, controlPlane: control)
        }
    }

    /// Key sets come through the same transport as everything else, and so past the same guard.
    private func keySetFetch(_ upstream: UpstreamClient, _ group: MultiThreadedEventLoopGroup) -> KeySetFetch {
        { url, allowPrivateNetwork in
            let answer = try await upstream.fetch(
                url: url, maxBytes: 1 << 20, allowPrivateNetwork: allowPrivateNetwork, on: group.any())
            guard answer.status == 200 else { throw StartError("status \(answer.status)") }
            return answer.body
        }
    }

    private struct Demo {
        let server: FakeProviderServer
        let baseURL: String
    }

    /// The built-in demo provider, on a port of its own that only this machine reaches. It runs whatever the policy
    /// says now: the next one may ask for it.
    private func startDemo() async throws -> Demo {
        let server = try FakeProviderServer(options: .demo)
        let port = try await server.start(host: "127.0.0.1", port: 0)
        return Demo(server: server, baseURL: "http://127.0.0.1:\(port)/v1")
    }

    private func announce(_ address: ListenAddress, port: Int, isTLS: Bool, _ workspace: Workspace) async throws {
        let base = "\(isTLS ? "https" : "http")://\(address.urlHost):\(port)"
        Output.line("martlet \(Martlet.version)")
        Output.line("  base URL   \(base)/v1")
        if let first = try await workspace.identity.bootstrap() {
            Output.line("  API key    \(first.text)")
            Output.line("             (shown this once; more with: martlet key create --tenant default)")
        }
    }
}
