import FakeProvider
import Foundation
import Gateway
import Identity
import Limits
import Listener
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Policy
import Routing
import Storage
import Upstream
import WireJSON

/// The real data plane in this process: listener, pipeline, libcurl, SQLite and the fake provider, on ports of their
/// own.
struct TestGateway {
    let port: Int
    let fakePort: Int
    let fake: FakeProviderServer
    let gateway: Gateway
    let services: GatewayServices
    let client: UpstreamClient
    let key: String
    let logs: LogCollector
    private let listener: Listener
    private let upstream: UpstreamClient
    private let database: any SQLDatabase

    /// - Parameter policy: with `FAKE` where the fake provider's address belongs.
    static func run<Result: Sendable>(
        policy: String = TestGateway.everyDialect, environment: [String: String] = ["KEY": "sk-test-key"],
        listener change: (inout ListenerConfiguration) -> Void = { _ in },
        _ body: (TestGateway) async throws -> Result
    ) async throws -> Result {
        let running = try await start(policy: policy, environment, change)
        let outcome: Swift.Result<Result, any Error>
        do { outcome = .success(try await body(running)) } catch { outcome = .failure(error) }
        _ = await running.listener.drain(grace: .milliseconds(200))
        await running.upstream.shutdown()
        await running.client.shutdown()
        await running.fake.stop()
        await running.database.close()
        return try outcome.get()
    }

    private static func start(
        policy: String, _ environment: [String: String], _ change: (inout ListenerConfiguration) -> Void
    ) async throws -> TestGateway {
        let group = MultiThreadedEventLoopGroup.singleton
        let logs = LogCollector()
        let logger = Logger(label: "test", factory: { _ in logs.handler })
        let fake = try FakeProviderServer()
        let fakePort = try await fake.start()
        let snapshot = try snapshot(policy, fakePort: fakePort, environment: environment)
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("gateway-\(UUID())").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let database = try await SQLiteDatabase.open(path: directory + "/test.db")
        try await Migrator().migrate(database)
        let identity = try await IdentityServices.open(database: database, masterKey: MasterKey(), logger: logger)
        let issued = try await identity.bootstrap()
        let upstream = UpstreamClient(group: group, logger: logger)
        upstream.start()
        let services = GatewayServices(
            authenticator: identity.authenticator, upstream: upstream,
            limits: LimitStoreGuard(
                primary: LocalLimitStore(clock: { 1_700_000_000_000 }), logger: logger,
                clock: { 1_700_000_000_000 }),
            routing: RoutingState(clock: { Int(clamping: NIODeadline.now().uptimeNanoseconds / 1_000_000) }),
            logger: logger, clock: { 1_700_000_000_000 })
        let gateway = Gateway(
            eventLoops: Array(group.makeIterator()), services: services, snapshot: snapshot, demoBaseURL: nil)
        var configuration = ListenerConfiguration()
        configuration.sweepInterval = .milliseconds(10)
        change(&configuration)
        let listener = Listener(configuration: configuration, group: group, tls: nil, logger: logger) { eventLoop in
            let pipeline = gateway.pipeline(on: eventLoop)
            return Lanes(dataPlane: pipeline ?? Nowhere() as any RequestHandler, controlPlane: Nowhere())
        }
        let address = try await listener.start(host: "127.0.0.1", port: 0)
        let client = UpstreamClient(group: group, logger: logger)
        client.start()
        return TestGateway(
            port: address.port ?? 0, fakePort: fakePort, fake: fake, gateway: gateway, services: services,
            client: client,
            key: issued?.text ?? "", logs: logs,
            listener: listener, upstream: upstream, database: database)
    }

    static func snapshot(
        _ policy: String, fakePort: Int, environment: [String: String] = ["KEY": "sk-test-key"]
    ) throws -> PolicySnapshot {
        let text = policy.replacing("FAKE", with: "http://127.0.0.1:\(fakePort)")
        return try PolicySnapshot(
            files: [PolicyFile(name: "test.yaml", bytes: Array(text.utf8))], environment: environment)
    }

    /// A model `NAME-…` goes to provider NAME under its own name, which may carry a fault.
    static let everyDialect = """
        version: 1
        providers:
          openai: {kind: openai, base_url: FAKE/v1, api_key: "env:KEY", allow_private_network: true}
          anthropic: {kind: anthropic, base_url: FAKE, api_key: "env:KEY", allow_private_network: true}
          gemini: {kind: gemini, base_url: FAKE/v1beta, api_key: "env:KEY", allow_private_network: true}
        models:
          "openai-*": {targets: [{provider: openai}]}
          "anthropic-*": {targets: [{provider: anthropic}]}
          "gemini-*": {targets: [{provider: gemini}]}
          "claude-think": {targets: [{provider: anthropic, model: claude-sonnet-4-5-fake-thinking-1}]}
        """

    // MARK: Asking

    func chat(_ model: String, _ more: JSONObject = [:], stream: Bool = false) -> JSONValue {
        var body: JSONObject = [
            "model": .string(model), "messages": [["role": "user", "content": "Hello there, tell me something"]],
        ]
        if stream { body.append("stream", true) }
        for (name, value) in more { body[name] = value }
        return .object(body)
    }

    func post(
        _ body: JSONValue, path: String = "/v1/chat/completions", headers: [(name: String, value: String)] = []
    ) async throws -> TestAnswer {
        let response = try await open(body, path: path, headers: headers)
        return TestAnswer(
            status: response.status, rawHeaders: response.rawHeaders,
            body: try await response.collect(upTo: 64 << 20))
    }

    /// The answer as it comes.
    func open(
        _ body: JSONValue, path: String = "/v1/chat/completions", headers: [(name: String, value: String)] = []
    ) async throws -> UpstreamResponse {
        let request = UpstreamRequest(
            url: "http://127.0.0.1:\(port)\(path)", headers: .none,
            extraHeaders: [("authorization", "Bearer \(key)"), ("content-type", "application/json")] + headers,
            body: body.bytes, delivery: .stream, allowPrivateNetwork: true)
        return try await client.send(request, on: MultiThreadedEventLoopGroup.singleton.any())
    }
}

/// What a client got.
struct TestAnswer {
    var status: Int
    var rawHeaders: [UInt8]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    var error: JSONValue? { json["error"] }

    func header(_ name: String) -> String? {
        for line in String(decoding: rawHeaders, as: UTF8.self).split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// The data of each event, as text.
    var events: [String] {
        text.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { String($0.dropFirst(6)) }
    }

    /// All content deltas joined.
    var content: String {
        events.compactMap { (try? JSONValue(parsing: $0))?["choices"]?[0]?["delta"]?["content"]?.stringValue }.joined()
    }
}

/// A control plane that knows no routes.
struct Nowhere: RequestHandler {
    func handle(_ request: InboundRequest, _ response: any ResponseWriter) async {
        response.respond(status: .notFound, headers: [:], body: [])
    }
}
