import Foundation
import Identity
import Testing

@Suite struct MasterKeyTests {
    private static let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    @Test(arguments: [text, String(text.dropLast()), "  \(text)\n", text.prefix(20) + "\n" + text.dropFirst(20)])
    func readsThirtyTwoBytes(text: String) throws {
        let key = try MasterKey(base64: text)
        #expect(key.derive(.check) == (try MasterKey(base64: Self.text)).derive(.check))
    }

    @Test(arguments: ["", "abc", "not base64 at all!", String(text.dropLast(8)), text + text, "öööööööööööööööööööö"])
    func refusesAnythingElse(text: String) {
        #expect(throws: MasterKeyError.notThirtyTwoBytes) { try MasterKey(base64: text) }
    }

    @Test func everyPurposeHasItsOwnKey() {
        let key = MasterKey()
        let derived = MasterKey.Purpose.allCases.map(key.derive)
        #expect(Set(derived).count == MasterKey.Purpose.allCases.count)
        #expect(derived.allSatisfy { $0.count == 32 })
        #expect(MasterKey().derive(.check) != key.derive(.check))
    }

    /// HKDF-SHA256 without salt over bytes 0...31, computed with another implementation.
    @Test func derivationIsHKDF() throws {
        let hex = try MasterKey(base64: Self.text).derive(.check)
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == "2405ee950bd2dac7a7d9d879d4f07c2372d303e3e14a1fe4423327553c201484")
    }

    @Test func theConfiguredKeyWins() async throws {
        try await TemporaryDirectory.run { directory in
            let key = try MasterKey.load(configured: Self.text, directory: directory)
            #expect(key.derive(.check) == (try MasterKey(base64: Self.text)).derive(.check))
            #expect(!FileManager.default.fileExists(atPath: directory + "/master.key"))
            #expect(throws: MasterKeyError.notThirtyTwoBytes) {
                try MasterKey.load(configured: "short", directory: directory)
            }
        }
    }

    @Test func isCreatedPrivateAndKept() async throws {
        try await TemporaryDirectory.run { directory in
            let key = try MasterKey.load(configured: nil, directory: directory)
            let attributes = try FileManager.default.attributesOfItem(atPath: directory + "/master.key")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(try MasterKey.load(configured: "", directory: directory).derive(.check) == key.derive(.check))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["master.key"])
        }
    }

    @Test func racingStartsAgree() async throws {
        try await TemporaryDirectory.run { directory in
            let keys = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<16 {
                    group.addTask { try MasterKey.load(configured: nil, directory: directory).derive(.check) }
                }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            #expect(keys.count == 1)
        }
    }

    @Test(arguments: [0o644, 0o640, 0o604, 0o660, 0o666, 0o610])
    func openFilesAreRefused(mode: Int) async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/master.key"
            _ = try MasterKey.load(configured: nil, directory: directory)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(throws: MasterKeyError.tooOpen(path: path, mode: mode)) {
                try MasterKey.load(configured: nil, directory: directory)
            }
            #expect(MasterKeyError.tooOpen(path: path, mode: mode).description.contains("chmod 600 \(path)"))
        }
    }

    @Test func damagedFilesAreNotReplaced() async throws {
        try await TemporaryDirectory.run { (directory) async throws in
            let path = directory + "/master.key"
            try Data("oops".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(throws: MasterKeyError.notThirtyTwoBytes) {
                try MasterKey.load(configured: nil, directory: directory)
            }
            #expect(FileManager.default.contents(atPath: path) == Data("oops".utf8))
        }
    }

    @Test func otherThingsInItsPlaceAreRefused() async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/master.key"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            #expect(throws: MasterKeyError.self) { try MasterKey.load(configured: nil, directory: directory) }
            #expect(throws: MasterKeyError.self) { try MasterKey.load(configured: nil, directory: directory + "/none") }
        }
    }
}
