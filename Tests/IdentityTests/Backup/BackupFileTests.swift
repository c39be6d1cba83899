import Foundation
import Identity
import Testing

@Suite struct BackupFileTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func onlyTheOwnerReadsIt() async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/backup.json"
            try BackupFile.save(Array("one".utf8), to: path)
            #expect(try mode(path) == 0o600)
            #expect(try BackupFile.load(path) == Array("one".utf8))
        }
    }

    @Test func anOldFileIsReplacedWhole() async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/backup.json"
            try Data(repeating: 7, count: 200_000).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            try BackupFile.save(bytes, to: path)
            #expect(try mode(path) == 0o600)
            #expect(try BackupFile.load(path) == bytes)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["backup.json"])
        }
    }

    @Test func failuresLeaveNothing() async throws {
        try await TemporaryDirectory.run { directory in
            #expect(throws: BackupError.file(path: directory + "/no/b", reason: "No such file or directory")) {
                try BackupFile.save([1], to: directory + "/no/b")
            }
            try FileManager.default.createDirectory(atPath: directory + "/taken", withIntermediateDirectories: true)
            #expect(throws: BackupError.self) { try BackupFile.save([1], to: directory + "/taken") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["taken"])
        }
    }

    @Test func whatIsNoFileIsNotRead() async throws {
        try await TemporaryDirectory.run { directory in
            #expect(throws: BackupError.file(path: directory, reason: "not a regular file")) {
                try BackupFile.load(directory)
            }
            #expect(throws: BackupError.self) { try BackupFile.load(directory + "/missing") }
            let path = directory + "/empty"
            try BackupFile.save([], to: path)
            #expect(try BackupFile.load(path) == [])
        }
    }
}
