import Storage
import Testing

@testable import Identity

@Suite struct LastUseTests {
    @Test func usesAreWrittenInBatches() async throws {
        try await TestBench.run { bench in
            let used = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let unused = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(used.text)
            bench.clock.advance(seconds: 5)
            let writes = bench.database.writes
            for _ in 0..<100 { _ = bench.authenticator.cached(used.text) }
            #expect(bench.database.writes == writes)
            await bench.authenticator.recordUses()
            #expect(bench.database.writes == writes + 1)
            #expect(try await bench.keys.find(used.text, in: .all).lastUsedAt == bench.clock.now)
            #expect(try await bench.keys.find(unused.text, in: .all).lastUsedAt == nil)
            // Nothing new: nothing written.
            await bench.authenticator.recordUses()
            #expect(bench.database.writes == writes + 1)
        }
    }

    @Test func anOutageLosesNoUse() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(key.text)
            let time = bench.clock.now
            bench.database.isDown = true
            await bench.authenticator.recordUses()
            bench.database.isDown = false
            bench.clock.advance(seconds: 30)
            await bench.authenticator.recordUses()
            #expect(try await bench.keys.find(key.text, in: .all).lastUsedAt == time)
        }
    }

    @Test func aUseBeforeRevocationCounts() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(key.text)
            let time = bench.clock.now
            try await bench.keys.revoke(key.text, in: .all)
            await bench.authenticator.recordUses()
            #expect(try await bench.keys.find(key.text, in: .all).lastUsedAt == time)
        }
    }

    @Test func recordingIsNoChangeToOthers() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let identity = try await bench.authenticator.authenticate(key.text)
            await bench.authenticator.recordUses()
            await bench.authenticator.synchronize()
            #expect(bench.authenticator.cached(key.text) === identity)
        }
    }

    @Test func stoppingWritesTheRest() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            _ = try await bench.authenticator.authenticate(key.text)
            let service = Task { await bench.authenticator.run() }
            service.cancel()
            await service.value
            #expect(try await bench.keys.find(key.text, in: .all).lastUsedAt == bench.clock.now)
        }
    }
}
