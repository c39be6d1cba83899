import Dialects
import Gateway
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import Listener

/// Answers by path: enough behaviours to see every side of a connection.
final class ScriptedHandler: RequestHandler {
    struct Log {
        var bodies: [Int] = []
        var cancelled = 0
        var sent = 0
    }

    let log = Mutex(Log())
    /// Completed by tests to let `/held` answer.
    let release: EventLoopPromise<Void>
    /// Completed when `/held` or `/forever` began, and when it saw its cancellation.
    let started: EventLoopPromise<Void>
    let cancelled: EventLoopPromise<Void>

    init() {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        release = loop.makePromise()
        started = loop.makePromise()
        cancelled = loop.makePromise()
    }

    deinit {
        release.succeed()
        started.succeed()
        cancelled.succeed()
    }

    func refusal(of fields: RequestFields, uri: String) -> WireError? {
        guard fields.apiKey == "stranger" else { return nil }
        return WireError(status: 401, type: "invalid_request_error", message: "no stranger")
    }

    func handle(_ request: InboundRequest, _ response: any ResponseWriter) async {
        log.withLock { $0.bodies.append(request.body.count) }
        switch request.path {
        case "/echo":
            response.respond(status: .ok, headers: ["x-uri": request.uri], body: request.body)
        case "/held":
            started.succeed()
            try? await release.futureResult.get()
            response.respond(status: .ok, headers: [:], body: Array("held".utf8))
        case "/stream":
            response.begin(status: .ok, headers: ["content-type": "text/event-stream"])
            for index in 0..<3 { response.send(Array("data: \(index)\n\n".utf8)) }
            response.finish()
        case "/silent":
            response.keepAlive(headers: ["content-type": "text/event-stream"])
            started.succeed()
            try? await release.futureResult.get()
            if !response.hasBegun { response.begin(status: .ok, headers: [:]) }
            response.send(Array("data: done\n\n".utf8))
            response.finish()
        case "/forever":
            await pour(response)
        case "/forgotten":
            return
        case let path where path.hasPrefix("/large/"):
            let count = Int(path.dropFirst("/large/".count)) ?? 0
            response.respond(status: .ok, headers: [:], body: [UInt8](repeating: UInt8(ascii: "x"), count: count))
            started.succeed()
        default:
            response.respond(status: .notFound, headers: [:], body: [])
        }
    }

    /// Writes until the client leaves.
    private func pour(_ response: any ResponseWriter) async {
        response.begin(status: .ok, headers: [:])
        started.succeed()
        let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 16 << 10)
        do throws(ClientGone) {
            while true {
                response.send(chunk)
                log.withLock { $0.sent += chunk.count }
                try await response.drained()
                await Task.yield()
                if Task.isCancelled { break }
            }
        } catch {}
        log.withLock { $0.cancelled += 1 }
        cancelled.succeed()
    }
}

/// A listener on an ephemeral port, for one test.
struct TestServer {
    let listener: Listener
    let handler: ScriptedHandler
    let port: Int

    static func run<Result: Sendable>(
        _ change: (inout ListenerConfiguration) -> Void = { _ in }, tls: TLSSettings? = nil,
        _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        var configuration = ListenerConfiguration()
        configuration.sweepInterval = .milliseconds(10)
        change(&configuration)
        let handler = ScriptedHandler()
        let listener = Listener(
            configuration: configuration, group: .singleton, tls: tls, logger: .init(label: "test"),
            lanes: { _ in Lanes(dataPlane: handler, controlPlane: handler) })
        let address = try await listener.start(host: "127.0.0.1", port: 0)
        let server = TestServer(listener: listener, handler: handler, port: address.port ?? 0)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        handler.release.succeed()
        _ = await listener.drain(grace: .milliseconds(100))
        return try result.get()
    }

    /// Returns after the next sweep over the connections of every loop (sweeps are 10 ms apart in tests).
    func tick() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        try await loop.scheduleTask(in: .milliseconds(12)) {}.futureResult.get()
    }
}
