import Storage
import Testing

@testable import Identity

@Suite struct SharedLookUpTests {
    /// A gate that lookups wait at.
    private final class Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() {
            (stream, continuation) = AsyncStream.makeStream()
        }

        func open() { continuation.finish() }

        func pass() async {
            for await _ in stream {}
        }
    }

    @Test func concurrentRequestsShareOneLookUp() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let gate = Gate()
            let reads = bench.database.reads
            bench.database.afterNextRead { await gate.pass() }
            let identities = try await withThrowingTaskGroup(of: Identity.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await bench.authenticator.authenticate(key.text) }
                }
                // Whoever comes before or after the gate opens finds the flight or the cache.
                gate.open()
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(identities.count == 50)
            #expect(identities.allSatisfy { $0.keyID == key.record.publicID })
            #expect(bench.database.reads == reads + 1)
        }
    }

    @Test func tooManyDifferentLookUpsAreShed() async throws {
        var options = AuthenticatorOptions()
        options.maximumLookUps = 1
        try await TestBench.run(options: options) { bench in
            let first = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let second = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let gate = Gate()
            let arrived = Gate()
            bench.database.afterNextRead {
                arrived.open()
                await gate.pass()
            }
            let waiting = Task { try await bench.authenticator.authenticate(first.text) }
            await arrived.pass()
            #expect(await bench.refusal(second.text) == .overloaded)
            gate.open()
            _ = try await waiting.value
            #expect(await bench.refusal(second.text) == nil)
        }
    }

    @Test func aCancelledCallerDisturbsNobody() async throws {
        try await TestBench.run { bench in
            let key = try await bench.keys.create(KeyDraft(tenant: "acme", name: "k"))
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await bench.authenticator.authenticate(key.text)
            }
            #expect(try await task.value.tenant == "acme")
            #expect(bench.authenticator.cached(key.text) != nil)
        }
    }

    @Test func flightsEndWithTheirOutcome() async throws {
        let flights = SharedFlights(capacity: 1)
        let digest = Array("token".utf8).withUnsafeBytes(TokenDigest.init)
        // One after the other: each starts anew, and the only place is free again.
        for reason in [AuthenticationFailure.Reason.revoked, .unknownKey, .unavailable] {
            let outcome = await flights.run(digest) { .failure(AuthenticationFailure(reason)) }
            #expect(throws: AuthenticationFailure(reason)) { try outcome.get() }
        }
    }
}
