import Testing

@testable import Upstream

@Suite("Configuration")
struct UpstreamConfigurationTests {
    @Test(
        "SSL_CERT_FILE names the authorities to trust",
        arguments: [
            ([:], nil), (["SSL_CERT_FILE": ""], nil), (["SSL_CERT_FILE": "/etc/own.pem"], "/etc/own.pem"),
            (["SSL_CERT_DIR": "/etc"], nil),
        ] as [([String: String], String?)])
    func authorities(environment: [String: String], expected: String?) {
        #expect(UpstreamConfiguration(environment: environment).certificateAuthorityFile == expected)
    }
}
