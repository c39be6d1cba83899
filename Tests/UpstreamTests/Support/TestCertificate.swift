import Foundation
import NIOSSL

/// A self-signed certificate and its key, made by the openssl command in a temporary folder of its own.
struct TestCertificate: Sendable {
    /// PEM; also the one certificate authority that vouches for it.
    let file: String
    private let keyFile: String
    private let folder: URL

    /// - Parameter names: In the syntax of a subjectAltName, as `DNS:localhost,IP:127.0.0.1`.
    static func make(names: String = "DNS:localhost,IP:127.0.0.1") async throws -> TestCertificate {
        let folder = FileManager.default.temporaryDirectory.appending(path: "upstream-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let certificate = TestCertificate(
            file: folder.appending(path: "certificate.pem").path, keyFile: folder.appending(path: "key.pem").path,
            folder: folder)
        let status = try await Self.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "1", "-subj", "/CN=test", "-addext", "subjectAltName=\(names)",
            "-keyout", certificate.keyFile, "-out", certificate.file,
        ])
        guard status == 0 else { throw OpenSSLFailed(status: status) }
        return certificate
    }

    struct OpenSSLFailed: Error {
        let status: Int32
    }

    /// A server's TLS settings.
    ///
    /// - Parameter protocols: What it offers by ALPN, the best first.
    func context(protocols: [String]) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(self.file).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: self.keyFile, format: .pem)))
        configuration.applicationProtocols = protocols
        return try NIOSSLContext(configuration: configuration)
    }

    func remove() {
        try? FileManager.default.removeItem(at: self.folder)
    }

    private static func run(_ command: [String]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}
