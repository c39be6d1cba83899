import Foundation

/// The server's programs on this machine.
package struct PostgreSQLInstallation: Sendable {
    /// Nil when there are none; for `.enabled(if:)` of test suites.
    package static let found = find()
    package static var isFound: Bool { found != nil }
    package static let skipReason = "no PostgreSQL server is installed that the tests could run"

    private let programs: String
    /// What makes a command run as a user that the server accepts: it refuses to run as root.
    private let asUser: [String]
    /// Who owns the server's files; nil: who runs the tests.
    let owner: String?

    func command(_ program: String, _ arguments: [String]) -> [String] {
        self.asUser + ["\(self.programs)/\(program)"] + arguments
    }

    private static func find() -> PostgreSQLInstallation? {
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        let newestFirst = versions.compactMap { Int($0) }.sorted(by: >).map { "\(debian)/\($0)/bin" }
        let folders = newestFirst + ["/usr/pgsql/bin", "/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"]
        guard
            let folder = folders.first(where: { folder in
                ["initdb", "postgres", "psql"].allSatisfy { isExecutable("\(folder)/\($0)") }
            })
        else { return nil }
        if geteuid() != 0 { return PostgreSQLInstallation(programs: folder, asUser: [], owner: nil) }
        let change = ["/usr/bin/setpriv", "/bin/setpriv"].first { isExecutable($0) }
        guard let change, getpwnam("postgres") != nil else { return nil }
        return PostgreSQLInstallation(
            programs: folder, asUser: [change, "--reuid=postgres", "--regid=postgres", "--init-groups"],
            owner: "postgres")
    }

    private static func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: path)
    }
}
