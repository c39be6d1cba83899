import Foundation

/// Folders of servers. The first is made by `initdb`, which takes seconds; the others are copies of it.
enum ServerFolder {
    private static let template = Task {
        guard let installation = PostgreSQLInstallation.found else {
            throw PostgreSQLTestError(PostgreSQLInstallation.skipReason)
        }
        let (folder, guardian) = try empty(installation)
        let password = folder.appending(path: "password")
        try write(Data(PostgreSQLServer.password.utf8), to: password, installation)
        try await run(
            installation.command(
                "initdb",
                [
                    "--pgdata", folder.appending(path: "data").path(), "--username", "martlet",
                    "--pwfile", password.path(), "--encoding", "UTF8", "--locale", "C", "--auth", "trust",
                    "--no-sync", "--no-instructions",
                ]), in: folder)
        return (folder, guardian)
    }

    /// A new data folder, in a folder that its guardian removes at the latest.
    static func make(
        _ installation: PostgreSQLInstallation, access: [String]
    ) async throws -> (folder: URL, guardian: Guardian) {
        let original = try await template.value.0
        let (folder, guardian) = try empty(installation)
        let data = folder.appending(path: "data").path()
        try await run(["/bin/cp", "-a", original.appending(path: "data").path(), data])
        let rules = access.joined(separator: "\n") + "\n"
        try write(Data(rules.utf8), to: folder.appending(path: "data/pg_hba.conf"), installation)
        return (folder, guardian)
    }

    static func write(_ data: Data, to file: URL, _ installation: PostgreSQLInstallation) throws {
        try data.write(to: file)
        var attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        if let owner = installation.owner { attributes[.ownerAccountName] = owner }
        try FileManager.default.setAttributes(attributes, ofItemAtPath: file.path())
    }

    private static func empty(_ installation: PostgreSQLInstallation) throws -> (URL, Guardian) {
        let name = "martlet-pg-\(UUID().uuidString.prefix(8))"
        let folder = FileManager.default.temporaryDirectory.appending(path: name)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        if let owner = installation.owner {
            try FileManager.default.setAttributes([.ownerAccountName: owner], ofItemAtPath: folder.path())
        }
        return (folder, try Guardian(folder))
    }
}
