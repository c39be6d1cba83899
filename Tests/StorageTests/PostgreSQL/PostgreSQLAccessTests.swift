import Foundation
import Logging
import PostgresTesting
import Storage
import Testing

/// Who may connect, and over what.
@Suite(
    .enabled(if: PostgreSQLInstallation.isFound, Comment(rawValue: PostgreSQLInstallation.skipReason)),
    .timeLimit(.minutes(2)))
struct PostgreSQLAccessTests {
    private func user(_ target: PostgreSQLTarget) async throws -> String? {
        let database = try await PostgreSQLDatabase.open(target, logger: .silent)
        let user = try await database.read { connection throws(StorageError) in
            try connection.first("SELECT current_user AS name, version() AS version")?.text("name")
        }
        await database.close()
        return user
    }

    /// Expects that opening fails, at once, for a reason that names what is wrong and not the password.
    private func expectRefusal(_ target: PostgreSQLTarget, _ word: String) async {
        let clock = ContinuousClock()
        let time = await clock.measure {
            await #expect {
                _ = try await PostgreSQLDatabase.open(target, logger: .silent)
            } throws: { error in
                guard case StorageError.unavailable(let reason) = error else { return false }
                return reason.contains(word) && !reason.contains(PostgreSQLServer.password) && !reason.contains("wr0ng")
            }
        }
        #expect(time < .seconds(8), "a server that answers is not waited for")
    }

    @Test func passwords() async throws {
        let server = try await PostgreSQLServer.start(
            access: ["local all all trust", "host all all 127.0.0.1/32 scram-sha-256"])
        #expect(try await user(server.target(password: PostgreSQLServer.password)) == "martlet")
        await expectRefusal(try server.target(password: "wr0ng"), "password")
        await expectRefusal(try server.target(), "password")
        await expectRefusal(try server.target("nowhere", password: PostgreSQLServer.password), "nowhere")
        var socket = try server.target(password: "wr0ng", query: "")
        socket.addresses = []
        socket.settings = ["host": server.folder.path(), "port": "\(server.port)"]
        #expect(try await user(socket) == "martlet", "over the socket nobody needs a password")
        await server.remove()
    }

    @Test func encryption() async throws {
        let files = try await TestCertificates.make()
        let server = try await PostgreSQLServer.start(
            access: ["local all all trust", "hostssl all all 127.0.0.1/32 scram-sha-256"],
            files: ["server.key": files.key, "server.pem": files.certificate],
            arguments: [
                "-c", "ssl=on", "-c", "ssl_cert_file={folder}/server.pem", "-c", "ssl_key_file={folder}/server.key",
            ])
        try await TemporaryDirectory.run { directory in
            let authority = directory + "/ca.pem"
            try files.certificate.write(to: URL(fileURLWithPath: authority))
            let stranger = directory + "/other.pem"
            try await TestCertificates.make().certificate.write(to: URL(fileURLWithPath: stranger))
            for mode in ["require", "prefer", "verify-ca", "verify-full"] {
                let query = "?sslmode=\(mode)" + (mode.hasPrefix("verify") ? "&sslrootcert=\(authority)" : "")
                #expect(
                    try await user(server.target(password: PostgreSQLServer.password, query: query)) == "martlet",
                    "\(mode)")
            }
            await expectRefusal(
                try server.target(password: PostgreSQLServer.password, query: "?sslmode=disable"), "no encryption")
            await expectRefusal(
                try server.target(
                    password: PostgreSQLServer.password, query: "?sslmode=verify-full&sslrootcert=\(stranger)"),
                "certificate")
            await expectRefusal(
                try server.target(
                    password: PostgreSQLServer.password, query: "?sslmode=verify-ca&sslrootcert=\(directory)/none.pem"),
                "none.pem")
        }
        await server.remove()
    }

    @Test func aServerWithoutTLSIsRefusedWhenTLSIsRequired() async throws {
        try await SharedServer.run { target in
            var target = target
            target.settings["sslmode"] = "require"
            await expectRefusal(target, "SSL")
        }
    }

    @Test func theNextHostIsTried() async throws {
        try await SharedServer.run { (target) async throws in
            var target = target
            target.addresses.insert(PostgreSQLAddress(host: "127.0.0.1", port: 1), at: 0)
            #expect(try await user(target) == "martlet")
        }
    }
}

/// A certificate that signs itself, for 127.0.0.1, and its key.
private enum TestCertificates {
    static func make() async throws -> (certificate: Data, key: Data) {
        var files: (Data, Data)?
        try await TemporaryDirectory.run { directory in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", directory + "/key.pem", "-out", directory + "/cert.pem",
            ]
            process.standardError = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            files = (
                try Data(contentsOf: URL(fileURLWithPath: directory + "/cert.pem")),
                try Data(contentsOf: URL(fileURLWithPath: directory + "/key.pem"))
            )
        }
        return try #require(files)
    }
}
