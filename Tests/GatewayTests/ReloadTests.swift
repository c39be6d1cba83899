import Foundation
import Logging
import Policy
import Synchronization
import Testing

@testable import Gateway

@Suite("Policy reload")
struct ReloadTests {
    private final class Installed: Sendable {
        let snapshots = Mutex<[PolicySnapshot]>([])
    }

    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("policies-\(UUID())").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    private func write(_ text: String, to name: String = "a.yaml") throws {
        try text.write(toFile: path + "/" + name, atomically: true, encoding: .utf8)
    }

    private func reloader(_ installed: Installed) -> PolicyReloader {
        PolicyReloader(
            directory: PolicyDirectory(path: path, environment: [:]), logger: Logger(label: "test"),
            install: { snapshot in installed.snapshots.withLock { $0.append(snapshot) } })
    }

    @Test("loads when a file appears, changes or goes, and not otherwise")
    func changes() throws {
        let installed = Installed()
        let reloader = reloader(installed)
        #expect(!reloader.reloadIfChanged())
        try write("version: 1\nplans: {a: {}}\n")
        #expect(reloader.reloadIfChanged())
        #expect(!reloader.reloadIfChanged())
        try write("version: 1\nplans: {a: {}, b: {}}\n")
        #expect(reloader.reloadIfChanged())
        try FileManager.default.removeItem(atPath: path + "/a.yaml")
        #expect(reloader.reloadIfChanged())
        #expect(installed.snapshots.withLock { $0.map(\.plans.count) } == [1, 2, 0])
        #expect(reloader.status.reloads == 3)
    }

    @Test("keeps the old policy when the new one is invalid, and says why")
    func invalid() throws {
        let installed = Installed()
        let reloader = reloader(installed)
        try write("version: 1\nplnas: {}\n")
        #expect(reloader.reloadIfChanged())
        #expect(installed.snapshots.withLock { $0.isEmpty })
        #expect(reloader.status.problems.first?.suggestion == "plans")
        try write("version: 1\nplans: {}\n")
        #expect(reloader.reloadIfChanged())
        #expect(reloader.status.problems.isEmpty)
    }

    @Test("merges the files of the directory in the order of their names, and only YAML")
    func merge() throws {
        try write("version: 1\nplans: {a: {}}\n")
        try write("version: 1\ntenants: {t: {plan: a}}\n", to: "b.yml")
        try write("nonsense: {", to: "c.txt")
        try write("nonsense: {", to: ".hidden.yaml")
        let snapshot = try PolicyDirectory(path: path, environment: [:]).load()
        #expect(snapshot.sources.map { $0.split(separator: "/").last } == ["a.yaml", "b.yml"])
        #expect(snapshot.tenants["t"]?.plan == "a")
    }

    @Test("a directory that does not exist holds no files: the demo answers")
    func missing() throws {
        let snapshot = try PolicyDirectory(path: path + "/none", environment: [:]).load()
        #expect(snapshot.model(for: "demo") != nil)
    }
}
