import Identity
import Storage
import Testing

@Suite struct TenantServiceTests {
    @Test(arguments: [
        ("Acme", "acme"), ("  Möbel & Söhne GmbH  ", "mobel-sohne-gmbh"), ("São Paulo", "sao-paulo"), ("日本", "tenant"),
        ("---", "tenant"), ("A.B_C", "a-b-c"), (String(repeating: "x", count: 100), String(repeating: "x", count: 40)),
    ])
    func idsComeFromNames(name: String, id: String) {
        #expect(TenantID.suggested(for: name) == id)
        #expect(TenantID.isValid(id))
    }

    @Test(arguments: ["", "-a", ".a", "_a", "a b", "a/b", "a{b", "ä", "a\n", "a:b", String(repeating: "x", count: 65)])
    func badIdsAreRefused(id: String) async throws {
        #expect(!TenantID.isValid(id))
        try await TestBench.run { (bench) async throws in
            await #expect(throws: AdministrationError.self) {
                try await bench.tenants.create(TenantDraft(id: id, name: "x"))
            }
        }
    }

    @Test func createsListsAndChanges() async throws {
        try await TestBench.run { bench in
            let made = try await bench.tenants.create(
                TenantDraft(name: "Zeta", plan: "gold", timezone: "America/Fortaleza"))
            #expect(made.id == "zeta")
            #expect(made.createdAt == bench.clock.now)
            #expect(try await bench.tenants.find("zeta", in: .all) == made)
            let changed = try await bench.tenants.update("zeta", in: .all, plan: "silver")
            #expect(changed.plan == "silver")
            #expect(changed.timezone == "America/Fortaleza")
            #expect(Set(try await bench.tenants.list(in: .all).items.map(\.id)) == ["acme", "zeta"])
        }
    }

    @Test func takenIds() async throws {
        try await TestBench.run { bench in
            #expect(try await bench.tenants.create(TenantDraft(name: "Acme")).id == "acme-2")
            #expect(try await bench.tenants.create(TenantDraft(name: "Acme")).id == "acme-3")
            await #expect(throws: AdministrationError.taken(id: "acme")) {
                try await bench.tenants.create(TenantDraft(id: "acme", name: "x"))
            }
            try await bench.tenants.remove("acme", in: .all)
            await #expect(throws: AdministrationError.taken(id: "acme")) {
                try await bench.tenants.create(TenantDraft(id: "acme", name: "x"))
            }
        }
    }

    @Test func foreignTenantsAreNotFound() async throws {
        try await TestBench.run { bench in
            _ = try await bench.tenants.create(TenantDraft(name: "other"))
            let scope = TenantScope.tenant("acme")
            await #expect(throws: AdministrationError.notFound) { try await bench.tenants.find("other", in: scope) }
            await #expect(throws: AdministrationError.notFound) { try await bench.tenants.find("none", in: .all) }
            await #expect(throws: AdministrationError.notFound) {
                try await bench.tenants.update("other", in: scope, plan: "x")
            }
            await #expect(throws: AdministrationError.notFound) { try await bench.tenants.remove("other", in: scope) }
            #expect(try await bench.tenants.find("other", in: .all).plan == "standard")
        }
    }

    @Test(arguments: [
        TenantDraft(name: ""), TenantDraft(name: "a\u{0}b"), TenantDraft(name: String(repeating: "n", count: 201)),
        TenantDraft(name: "a", plan: ""), TenantDraft(name: "a", timezone: "Mars/Base"),
    ])
    func badMembersAreNamed(draft: TenantDraft) async throws {
        try await TestBench.run { (bench) async throws in
            await #expect {
                try await bench.tenants.create(draft)
            } throws: { ($0 as? AdministrationError)?.label == "invalid" }
        }
    }

    @Test func ensureLeavesWhatThereIs() async throws {
        try await TestBench.run { bench in
            let drafts = [TenantDraft(id: "acme", name: "Other", plan: "gold"), TenantDraft(id: "new", name: "New")]
            #expect(try await bench.tenants.ensure(drafts) == ["new"])
            #expect(try await bench.tenants.find("acme", in: .all).plan == "standard")
            #expect(try await bench.tenants.ensure(drafts) == [])
            try await bench.tenants.remove("new", in: .all)
            #expect(try await bench.tenants.ensure(drafts) == [])
        }
    }

    @Test func storageTroubleIsNotNotFound() async throws {
        try await TestBench.run { (bench) async throws in
            bench.database.isDown = true
            await #expect(throws: AdministrationError.storage(.unavailable("down for a test"))) {
                try await bench.tenants.find("acme", in: .all)
            }
        }
    }
}
