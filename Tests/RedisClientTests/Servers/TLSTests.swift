import Foundation
import NIOCore
import RedisClient
import RedisTesting
import Testing

@Suite(
    "TLS",
    .enabled(if: RedisServer.isInstalled, Comment(rawValue: RedisServer.skipReason)), .timeLimit(.minutes(1)))
struct TLSTests {
    /// Starts a server with a self-signed certificate for 127.0.0.1 and localhost.
    private func withServer(_ body: @Sendable (RedisServer, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (certificate, key) = (folder.appending(path: "c.pem").path(), folder.appending(path: "k.pem").path())
        try await Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
            "-subj", "/CN=test", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
            "-out", certificate,
        ])
        let port = try freePort()
        let server = try await RedisServer.start(arguments: [
            "--tls-port", "\(port)", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file",
            certificate, "--tls-auth-clients", "no",
        ])
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(server, "127.0.0.1:\(port)?ca=\(certificate)"))
        } catch {
            result = .failure(error)
        }
        await server.stop()
        try FileManager.default.removeItem(at: folder)
        try result.get()
    }

    private static func openssl(_ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    @Test("a certificate is accepted when its authority is trusted and it names the host")
    func verification() async throws {
        try await self.withServer { _, target async throws in
            try await Bench.run("rediss://\(target)") { bench async throws in
                #expect(try await bench.send(["PING"]) == .status("PONG"))
            }
            let port = target.split(separator: "?").first ?? ""
            for url in ["rediss://\(port)", "rediss://\(port)?ca=/nowhere.pem", "redis://\(port)"] {
                try await Bench.run(url) {
                    $0.connectTimeout = .milliseconds(500)
                } _: { bench async throws in
                    let failure = await bench.failure(["PING"])
                    #expect(failure?.metricLabel == "unavailable", "\(url): \(String(describing: failure))")
                }
            }
        }
    }
}
