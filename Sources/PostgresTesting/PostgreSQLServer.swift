package import Foundation
import Synchronization

/// A real PostgreSQL server in a temporary folder, on a free port of the loopback address, for tests. Its superuser is
/// `martlet`. Ends with ``remove()``, or when the process that made it ends.
package final class PostgreSQLServer: Sendable {
    package let port: Int
    /// The server's; also that of its Unix socket.
    package let folder: URL
    private let installation: PostgreSQLInstallation
    private let arguments: [String]
    private let guardian: Guardian
    private let running = Mutex<Running?>(nil)

    private struct Running {
        let process: Process
        let hasEnded: EndSignal
    }

    private init(
        port: Int, folder: URL, installation: PostgreSQLInstallation, arguments: [String], guardian: Guardian
    ) {
        self.port = port
        self.folder = folder
        self.installation = installation
        self.arguments = arguments
        self.guardian = guardian
    }

    /// What the superuser has to say where a password is asked for.
    package static let password = "s3cret"

    /// Makes a server and starts it; about a second, the first time three.
    ///
    /// - Parameters:
    ///   - access: Lines of `pg_hba.conf`; without, nobody needs a password.
    ///   - files: Files for the server's folder, by name, readable by the server only.
    ///   - arguments: Further options, such as `["-c", "ssl=on"]`; `"{folder}"` stands for the server's folder.
    package static func start(
        access: [String] = ["local all all trust", "host all all 127.0.0.1/32 trust"],
        files: [String: Data] = [:], arguments: [String] = []
    ) async throws -> PostgreSQLServer {
        guard let installation = PostgreSQLInstallation.found else {
            throw PostgreSQLTestError(PostgreSQLInstallation.skipReason)
        }
        let (folder, guardian) = try await ServerFolder.make(installation, access: access)
        for (name, data) in files { try ServerFolder.write(data, to: folder.appending(path: name), installation) }
        var last: any Error = PostgreSQLTestError("the server did not start")
        // A port that was free may be taken a moment later by another test.
        for _ in 0..<5 {
            let server = PostgreSQLServer(
                port: try freePort(), folder: folder, installation: installation,
                arguments: arguments.map { $0.replacingOccurrences(of: "{folder}", with: folder.path()) },
                guardian: guardian)
            do {
                try await server.start()
                return server
            } catch {
                last = error
            }
        }
        guardian.release()
        try? FileManager.default.removeItem(at: folder)
        throw last
    }

    /// `postgres://…` for a database of this server, as the superuser.
    package func url(_ database: String = "postgres", password: String? = nil, query: String = "") -> String {
        let credentials = password.map { "martlet:\($0)" } ?? "martlet"
        return "postgres://\(credentials)@127.0.0.1:\(self.port)/\(database)\(query)"
    }

    /// Starts the server again, after ``shutDown()`` or ``crash()``, with its data and at its port.
    package func start() async throws {
        let command = self.installation.command(
            "postgres",
            [
                "-D", self.folder.appending(path: "data").path(), "-p", "\(self.port)",
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=\(self.folder.path())",
                "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=16MB",
                "-c", "max_connections=200", "-c", "lc_messages=C",
            ] + self.arguments)
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = self.folder
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let hasEnded = EndSignal()
        process.terminationHandler = { _ in hasEnded.set() }
        let ready = OutputSignal(text: "ready to accept connections")
        ready.follow(output.fileHandleForReading)
        try process.run()
        self.running.withLock { $0 = Running(process: process, hasEnded: hasEnded) }
        do {
            try await ready.found()
        } catch {
            await self.crash()
            throw error
        }
    }

    /// Ends the server in an orderly way, without waiting for its clients to leave.
    package func shutDown() async {
        await self.end { kill($0, SIGINT) }
    }

    /// Ends the server and its processes at once.
    package func crash() async {
        await self.end { pid in
            kill(pid, SIGSTOP)
            for process in Self.family(of: pid) { kill(process, SIGKILL) }
        }
    }

    /// Holds the server: connections stand, new ones are taken by the system, nothing is answered.
    package func pause() {
        self.signal { pid in
            kill(pid, SIGSTOP)
            for process in Self.family(of: pid) { kill(process, SIGSTOP) }
        }
    }

    package func resume() {
        self.signal { pid in for process in Self.family(of: pid) { kill(process, SIGCONT) } }
    }

    /// Ends the server and removes its folder.
    package func remove() async {
        await self.crash()
        self.guardian.release()
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Runs a statement with `psql` and returns what it prints.
    @discardableResult
    package func psql(_ statement: String, database: String = "postgres") async throws -> String {
        try await run(
            self.installation.command(
                "psql",
                [
                    "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder.path(), "-p", "\(self.port)",
                    "-U", "martlet", "-d", database, "-c", statement,
                ]), in: self.folder)
    }

    private func end(_ send: (pid_t) -> Void) async {
        self.signal(send)
        await self.running.withLock { $0 }?.hasEnded.reached()
    }

    /// The number of a process that has ended may belong to another one by now.
    private func signal(_ send: (pid_t) -> Void) {
        guard let process = self.running.withLock({ $0 })?.process, process.isRunning else { return }
        send(process.processIdentifier)
    }

    /// A server is one process that listens and its children, one for each connection and some of its own. To be called
    /// while it is held, so that it makes no more of them and they are still known as its children.
    private static func family(of pid: pid_t) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let children = entries.compactMap { pid_t($0) }.filter { candidate in
            guard let stat = try? String(contentsOfFile: "/proc/\(candidate)/stat", encoding: .utf8) else {
                return false
            }
            // pid (name) state parent …; a name may hold spaces and parentheses.
            let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
            return fields.count > 2 && pid_t(fields[2]) == pid
        }
        return [pid] + children
    }
}
