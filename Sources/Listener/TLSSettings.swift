import NIOSSL

/// The server's certificate chain and key.
package struct TLSSettings: Sendable {
    let context: NIOSSLContext

    /// Loads PEM files; throws with the file at fault when one is missing, unreadable or not a matching pair.
    package init(certificatePath: String, keyPath: String) throws(TLSLoadError) {
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificatePath)
            let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSLoadError(
                description: "TLS certificate \(certificatePath) with key \(keyPath) cannot be used: \(error)")
        }
    }
}

/// Why TLS cannot start; fit for the start-up log.
package struct TLSLoadError: Error, CustomStringConvertible {
    package let description: String
}
