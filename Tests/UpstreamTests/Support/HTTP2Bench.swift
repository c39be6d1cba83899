import NIOCore

@testable import Upstream

/// A client and an HTTP/2 server for one test.
struct HTTP2Bench: CallingBench {
    let client: UpstreamClient
    let server: HTTP2TestServer
    let loops: [any EventLoop]

    var url: String { "https://127.0.0.1:\(self.server.port)/v1/chat" }

    /// Starts a streamed call whose answer the test controls: the client's and the server's end of it. The server has
    /// to send a head at once.
    func openStream(_ body: String) async throws -> (response: UpstreamResponse, stream: HTTP2TestStream) {
        let response = try await self.send(self.request(.stream, body: body))
        let stream = self.server.streams.first { $0.body.text == body }
        guard let stream else { throw NoSuchStream() }
        return (response, stream)
    }

    struct NoSuchStream: Error {}
}

/// Starts client and server, runs the test, and takes both down again.
///
/// - Parameter maxStreams: What the server allows on one connection.
func withHTTP2Bench(
    loops: Int = 1, configuration: UpstreamConfiguration = UpstreamConfiguration(), maxStreams: Int = 100,
    behaviour: @escaping HTTP2TestServer.Behaviour, test: (HTTP2Bench) async throws -> Void
) async throws {
    let certificate = try await TestCertificate.make()
    defer { certificate.remove() }
    let server = try await HTTP2TestServer.start(
        tls: try certificate.context(protocols: ["h2"]), maxStreams: maxStreams, behaviour: behaviour)
    var configuration = configuration
    configuration.http2 = true
    configuration.certificateAuthorityFile = certificate.file
    try await withClient(loops: loops, configuration: configuration) { client, loops in
        try await test(HTTP2Bench(client: client, server: server, loops: loops))
    }
    await server.stop()
}
