import NIOCore

@testable import Upstream

/// A client and a server for one test.
struct TestBench: CallingBench {
    let client: UpstreamClient
    let server: TestServer
    let loops: [any EventLoop]
    var scheme = "http"

    var url: String { "\(self.scheme)://127.0.0.1:\(self.server.port)/v1/chat" }
}

/// Starts client and server, runs the test, and takes both down again.
func withBench(
    loops: Int = 1, configuration: UpstreamConfiguration = UpstreamConfiguration(), host: String = "127.0.0.1",
    readsBodies: Bool = true, behaviour: @escaping TestServer.Behaviour,
    test: (TestBench) async throws -> Void
) async throws {
    let server = try await TestServer.start(host: host, readsBodies: readsBodies, behaviour: behaviour)
    try await withClient(loops: loops, configuration: configuration) { client, loops in
        try await test(TestBench(client: client, server: server, loops: loops))
    }
    await server.stop()
}

/// The same over TLS, with a server that speaks HTTP/1.1 only.
///
/// - Parameters:
///   - names: Whose certificate the server has.
///   - isTrusted: Whether the client knows the certificate's authority.
func withTLSBench(
    configuration: UpstreamConfiguration = UpstreamConfiguration(), names: String = "DNS:localhost,IP:127.0.0.1",
    isTrusted: Bool = true, behaviour: @escaping TestServer.Behaviour, test: (TestBench) async throws -> Void
) async throws {
    let certificate = try await TestCertificate.make(names: names)
    defer { certificate.remove() }
    let server = try await TestServer.start(
        tls: try certificate.context(protocols: ["http/1.1"]), behaviour: behaviour)
    var configuration = configuration
    if isTrusted { configuration.certificateAuthorityFile = certificate.file }
    try await withClient(configuration: configuration) { client, loops in
        try await test(TestBench(client: client, server: server, loops: loops, scheme: "https"))
    }
    await server.stop()
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}
