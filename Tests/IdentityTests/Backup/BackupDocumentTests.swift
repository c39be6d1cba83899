import Identity
import Storage
import Testing

/// Everything in a document is checked before anything is written.
@Suite struct BackupDocumentTests {
    /// Restores a backup in which `old` was replaced by `new`; returns what the refusal says.
    private func refusal(_ old: String, _ new: String) async throws -> String? {
        var said: String?
        try await TestBench.run { bench in
            let clock = bench.clock
            _ = try await bench.keys.create(
                KeyDraft(tenant: "acme", name: "ci", expiresAt: clock.now.adding(milliseconds: 5000)))
            let backups = BackupService(
                database: bench.database, masterKey: bench.masterKey, actor: .system, clock: clock.clock)
            let text = String(decoding: try await backups.export().document, as: UTF8.self)
            let damaged = old.isEmpty ? new : text.replacing(old, with: new)
            #expect(damaged != text)
            _ = try await bench.tenants.update("acme", in: .all, plan: "changed")
            let before = try await bench.tenants.find("acme", in: .all)
            do {
                _ = try await backups.restore(Array(damaged.utf8))
            } catch {
                said = "\(error)"
                #expect(try await bench.tenants.find("acme", in: .all) == before)
            }
        }
        return said
    }

    @Test(arguments: [
        ("", "", "not a backup"),
        ("", "[]", "not a backup"),
        ("", "{}", "\"format\":\"martlet-backup\""),
        ("", "garbage \u{0}", "not a backup"),
        ("}}\n", "", "not a backup"),
        ("martlet-backup", "other", "\"format\":\"martlet-backup\""),
        (#""version":1"#, #""version":2"#, "version 2, this release reads up to version 1"),
        (#""version":1"#, #""version":0"#, "number from 1 on"),
        (#""version":1"#, #""version":"1""#, "number from 1 on"),
        (#""sections":{"#, #""more":1,"sections":{"#, "\"more\" is not a member"),
        (#""keys":["#, #""users":[],"keys":["#, "no section \"users\""),
        (#""keys":["#, #""tenants":["#, "Duplicate member"),
        (#""created_at":"2"#, #""master_key_check":"2"#, "Duplicate member"),
    ])
    func documentsThatAreNone(example: (old: String, new: String, message: String)) async throws {
        let said = try #require(try await refusal(example.old, example.new))
        #expect(said.contains(example.message), "\(said)")
    }

    @Test(arguments: [
        (#""id":"acme""#, #""id":"a b""#, "sections.tenants[0].id: use up to 64 letters"),
        (#""id":"acme","#, "", "sections.tenants[0].id: must be a string"),
        (#""plan":"standard""#, #""plan":7"#, "sections.tenants[0].plan: must be a string"),
        (#""plan":"standard""#, #""plan":"""#, "sections.tenants[0].plan: must not be empty"),
        (#""timezone":"UTC""#, #""timezone":"Mars/Base""#, "sections.tenants[0].timezone: "),
        (#""removed_at":null"#, #""removed_at":"now""#, "sections.tenants[0].removed_at: must be a time"),
        (#""removed_at":null"#, #""removed_at":null,"color":1"#, "sections.tenants[0].color: is not a member"),
        (#""tenant":"acme""#, #""tenant":"nobody""#, "sections.keys[0].tenant: there is no tenant \"nobody\""),
        (#""name":"ci""#, #""name":"a\u0000b""#, "sections.keys[0].name: contains control characters"),
        (#""user":null"#, #""user":5"#, "sections.keys[0].user: must be a string or null"),
        (#""user":null"#, #""user":"""#, "sections.keys[0].user: must not be empty"),
        (#""models":[]"#, #""models":["a",1]"#, "sections.keys[0].models: must be a list of strings"),
        (#""models":[]"#, #""models":["a,b"]"#, "sections.keys[0].models: "),
        (#""scopes":["inference"]"#, #""scopes":["root"]"#, "sections.keys[0].scopes: unknown scope"),
        (#""scopes":["inference"]"#, #""scopes":[]"#, "sections.keys[0].scopes: must name at least one"),
        (#""secret_hash":""#, #""secret_hash":"00"#, "sections.keys[0].secret_hash: must be 32 bytes"),
        (#""previous_hash":null"#, #""previous_hash":"zz""#, "sections.keys[0].previous_hash: must be 32 bytes"),
        (#""previous_valid_until":null"#, #""previous_valid_until":5"#, "must be there together"),
        (#""expires_at":1"#, #""expires_at":1.5e-9"#, "sections.keys[0].expires_at: must be a time"),
    ])
    func rowsThatAreWrong(example: (old: String, new: String, message: String)) async throws {
        let said = try #require(try await refusal(example.old, example.new))
        #expect(said.contains(example.message), "\(said)")
    }

    @Test func idsMustBeOfThisInstallation() async throws {
        try await TestBench.run { (bench) async throws in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let backups = BackupService(database: bench.database, masterKey: bench.masterKey, actor: .system)
            let text = String(decoding: try await backups.export().document, as: UTF8.self)
            let forged = text.replacing(key.record.publicID, with: "aaaaaaaaaaaaaaaa")
            await #expect {
                _ = try await backups.restore(Array(forged.utf8))
            } throws: { "\($0)".contains("is not an id that this installation makes") }
        }
    }

    @Test func twicesAreNamed() async throws {
        try await TestBench.run { (bench) async throws in
            let backups = BackupService(database: bench.database, masterKey: bench.masterKey, actor: .system)
            let text = String(decoding: try await backups.export().document, as: UTF8.self)
            let row = try #require(text.split(separator: "\n").first { $0.hasPrefix(#"{"id":"acme""#) }?.dropLast(2))
            let doubled = text.replacing(row, with: "\(row),\n\(row)")
            await #expect {
                _ = try await backups.restore(Array(doubled.utf8))
            } throws: { "\($0)" == "sections.tenants[1].id: \"acme\" is there twice" }
        }
    }

    @Test func onlyTheFirstProblemsAreListed() async throws {
        try await TestBench.run { (bench) async throws in
            for number in 0..<29 { _ = try await bench.tenants.create(TenantDraft(name: "t\(number)")) }
            let backups = BackupService(database: bench.database, masterKey: bench.masterKey, actor: .system)
            let text = String(decoding: try await backups.export().document, as: UTF8.self)
            let damaged = text.replacing(#""timezone":"UTC""#, with: #""timezone":"x""#)
            await #expect {
                _ = try await backups.restore(Array(damaged.utf8))
            } throws: { error in
                guard case BackupError.invalid(let problems, 10) = error else { return false }
                return problems.count == 20 && "\(error)".hasSuffix("\nand 10 more")
            }
        }
    }
}
