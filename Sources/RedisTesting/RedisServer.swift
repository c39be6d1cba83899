package import Foundation
import Synchronization

/// A real `redis-server` (or sentinel) in a temporary folder, for tests. Ends with ``stop()``.
package final class RedisServer: Sendable {
    /// Nil when the program is not installed; for `.enabled(if:)` of test suites.
    package static let program = find("redis-server")
    package static var isInstalled: Bool { program != nil && find("redis-cli") != nil }
    package static let skipReason = "redis-server or redis-cli is not installed"

    package let port: Int
    package let folder: URL
    private let process: Process
    /// Set when the process has ended.
    private let hasEnded: EndSignal

    private init(port: Int, folder: URL, process: Process, hasEnded: EndSignal) {
        self.port = port
        self.folder = folder
        self.process = process
        self.hasEnded = hasEnded
    }

    /// Starts a server without persistence on a free port of the loopback address and waits until it serves.
    ///
    /// - Parameters:
    ///   - port: A given one, to come back where another server was; nil for a free one.
    ///   - arguments: Further options, such as `["--requirepass", "x"]`; `"{folder}"` stands for the server's folder.
    ///   - isSentinel: Runs as a sentinel, whose file of settings is `settings`.
    package static func start(
        port: Int? = nil, arguments: [String] = [], isSentinel: Bool = false, settings: String = ""
    ) async throws -> RedisServer {
        guard let program else { throw RedisTestError("redis-server is not installed") }
        var last: any Error = RedisTestError("redis-server did not start")
        // A port that was free may be taken a moment later by another test.
        for _ in 0..<5 {
            do {
                return try await self.launch(
                    program, port: port ?? freePort(), arguments: arguments, isSentinel: isSentinel, settings: settings)
            } catch {
                last = error
            }
        }
        throw last
    }

    private static func launch(
        _ program: String, port: Int, arguments: [String], isSentinel: Bool, settings: String
    ) async throws -> RedisServer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-redis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "redis.conf")
        try settings.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.currentDirectoryURL = folder
        process.arguments =
            [file.path(), "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder.path()]
            + (isSentinel ? ["--sentinel"] : ["--save", "", "--appendonly", "no"])
            + arguments.map { $0.replacingOccurrences(of: "{folder}", with: folder.path()) }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let hasEnded = EndSignal()
        process.terminationHandler = { _ in hasEnded.set() }
        let ready = ReadySignal(text: isSentinel ? "Sentinel ID is" : "Ready to accept connections")
        // Read to the end all the time: a full pipe would hold the server up.
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                ready.end()
            } else {
                ready.add(data)
            }
        }
        try process.run()
        let server = RedisServer(port: port, folder: folder, process: process, hasEnded: hasEnded)
        do {
            try await ready.reached()
        } catch {
            await server.stop()
            throw error
        }
        return server
    }

    /// Ends the server at once, as a crash would, and removes its folder.
    package func stop() async {
        self.signal(SIGKILL)
        await self.hasEnded.reached()
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// Holds the process: connections stand, nothing is answered.
    package func pause() {
        self.signal(SIGSTOP)
    }

    package func resume() {
        self.signal(SIGCONT)
    }

    /// The number of a process that has ended may belong to another one by now.
    private func signal(_ number: Int32) {
        if self.process.isRunning { kill(self.process.processIdentifier, number) }
    }

    /// Runs a command with `redis-cli` and returns what it prints.
    @discardableResult
    package func command(_ arguments: String...) async throws -> String {
        guard let client = Self.find("redis-cli") else { throw RedisTestError("redis-cli is not installed") }
        return try await run(client, ["-h", "127.0.0.1", "-p", "\(self.port)"] + arguments)
    }

    /// Asks again and again, for up to ten seconds, until the answer to a command is as wanted.
    package func wait(
        for command: String..., until isWanted: @Sendable (String) -> Bool
    ) async throws {
        guard let client = Self.find("redis-cli") else { throw RedisTestError("redis-cli is not installed") }
        var answer = ""
        for _ in 0..<200 {
            answer = try await run(client, ["-h", "127.0.0.1", "-p", "\(self.port)"] + command)
            if isWanted(answer) { return }
            // Another program's state: there is nothing to wait on but time.
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RedisTestError("\(command) still answers \(answer)")
    }

    private static func find(_ name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
