import Foundation
import Storage
import Synchronization
import Testing

@testable import Identity

@Suite struct KeySetSourceTests {
    private final class Swaps: Sendable {
        private let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.wrappingAdd(1, ordering: .relaxed) }
    }

    private let clock = TestClock()
    private let swaps = Swaps()

    private func source(_ issuer: JWTIssuer = .test(), _ fetch: @escaping KeySetFetch = { _, _ in [] }) -> KeySetSource
    {
        KeySetSource(
            issuer: issuer, options: TokenOptions(), fetch: fetch, clock: clock.clock, logger: .silent,
            onSwap: { [swaps] in swaps.add() })
    }

    private func find(_ source: KeySetSource, _ keyID: String) async -> String {
        switch await source.find(keyID: keyID, algorithm: .edDSA) {
        case .keys: "found"
        case .none: "none"
        case .unavailable: "unavailable"
        }
    }

    @Test func fetchesWhenFirstNeeded() async throws {
        let server = KeySetServer(TestSigner.keySet(try await .edDSA("a")))
        let issuer = JWTIssuer.test(keys: .url("https://issuer.test/keys", allowPrivateNetwork: true))
        let source = source(issuer, server.fetch)
        #expect(server.fetches == 0)
        #expect(await find(source, "a") == "found")
        #expect(await find(source, "a") == "found")
        #expect(server.fetches == 1)
        #expect(server.lastURL == "https://issuer.test/keys")
        #expect(server.allowedPrivate)
        #expect(swaps.value == 0)
    }

    @Test func unknownKeysAskAtMostSoOften() async throws {
        let server = KeySetServer(TestSigner.keySet(try await .edDSA("a")))
        let source = source(.test(), server.fetch)
        #expect(await find(source, "a") == "found")
        for number in 0..<100 { #expect(await find(source, "unknown-\(number)") == "none") }
        #expect(server.fetches == 1)
        clock.advance(seconds: 30)
        for number in 0..<100 { #expect(await find(source, "unknown-\(number)") == "none") }
        #expect(server.fetches == 2)
        #expect(swaps.value == 0)
    }

    @Test func concurrentRequestsShareOneFetch() async throws {
        let server = KeySetServer(TestSigner.keySet(try await .edDSA("a")))
        let source = source(.test(), server.fetch)
        await withTaskGroup { group in
            for _ in 0..<50 {
                group.addTask { #expect(await find(source, "a") == "found") }
            }
        }
        #expect(server.fetches == 1)
    }

    @Test func rotationNeedsNoRestart() async throws {
        let server = KeySetServer(TestSigner.keySet(try await .edDSA("a")))
        let source = source(.test(), server.fetch)
        #expect(await find(source, "a") == "found")
        server.body = TestSigner.keySet(try await .edDSA("b"))
        clock.advance(seconds: 30)
        #expect(await find(source, "b") == "found")
        #expect(await find(source, "a") == "none")
        #expect(swaps.value == 1)
    }

    @Test func aFailedRefreshKeepsTheKeys() async throws {
        let server = KeySetServer(TestSigner.keySet(try await .edDSA("a")))
        let source = source(.test(), server.fetch)
        #expect(await find(source, "a") == "found")
        clock.advance(seconds: 300)
        server.isDown = true
        await source.maintain()
        #expect(server.fetches == 2)
        #expect(await find(source, "a") == "found")
        // Whether this key exists cannot be said now.
        #expect(await find(source, "b") == "unavailable")
        server.isDown = false
        server.body = "<html>Bad gateway</html>"
        clock.advance(seconds: 5)
        await source.maintain()
        #expect(server.fetches == 3)
        #expect(await find(source, "a") == "found")
        server.body = TestSigner.keySet(try await .edDSA("b"))
        clock.advance(seconds: 5)
        #expect(await find(source, "b") == "found")
        #expect(swaps.value == 1)
    }

    @Test func anIssuerThatNeverAnswersIsUnavailable() async throws {
        let server = KeySetServer("")
        server.isDown = true
        let source = source(.test(), server.fetch)
        for _ in 0..<20 { #expect(await find(source, "a") == "unavailable") }
        #expect(server.fetches == 1)
        server.isDown = false
        server.body = TestSigner.keySet(try await .edDSA("a"))
        clock.advance(seconds: 5)
        #expect(await find(source, "a") == "found")
    }

    @Test func maintenanceFollowsThePeriod() async throws {
        let server = KeySetServer(TestSigner.keySet(try await .edDSA("a")))
        let source = source(.test(), server.fetch)
        for _ in 0..<10 { await source.maintain() }
        #expect(server.fetches == 1)
        clock.advance(seconds: 299)
        await source.maintain()
        #expect(server.fetches == 1)
        clock.advance(seconds: 1)
        await source.maintain()
        #expect(server.fetches == 2)
        // The same text again is no change.
        #expect(swaps.value == 0)
        clock.advance(seconds: -1000)
        await source.maintain()
        #expect(server.fetches == 3)
    }

    @Test func filesAreReadAgainWhenTheyChange() async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/jwks.json"
            let source = source(.test(keys: .file(path)))
            #expect(await find(source, "a") == "unavailable")
            try TestSigner.keySet(try await .edDSA("a")).write(toFile: path, atomically: true, encoding: .utf8)
            #expect(await find(source, "a") == "found")
            #expect(await find(source, "b") == "none")
            try TestSigner.keySet(try await .edDSA("b"), try await .edDSA("c"))
                .write(toFile: path, atomically: true, encoding: .utf8)
            #expect(await find(source, "b") == "found")
            #expect(await find(source, "a") == "none")
            #expect(swaps.value == 1)
            try "half a file".write(toFile: path, atomically: true, encoding: .utf8)
            await source.maintain()
            #expect(await find(source, "b") == "found")
            try FileManager.default.removeItem(atPath: path)
            await source.maintain()
            #expect(await find(source, "b") == "found")
            #expect(swaps.value == 1)
        }
    }

    @Test func filesMayHoldSharedSecrets() async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/jwks.json"
            try TestSigner.keySet(try await .hs256("h")).write(toFile: path, atomically: true, encoding: .utf8)
            let source = source(.test(keys: .file(path), algorithms: [.hs256]))
            guard case .keys(let keys) = await source.find(keyID: "h", algorithm: .hs256) else {
                Issue.record("no key")
                return
            }
            #expect(keys.count == 1)
            guard case .none = await source.find(keyID: "h", algorithm: .edDSA) else {
                Issue.record("a key for another algorithm")
                return
            }
        }
    }

    @Test func hugeFilesAreRefused() async throws {
        try await TemporaryDirectory.run { directory in
            let path = directory + "/jwks.json"
            try Data(repeating: 0x20, count: (1 << 20) + 1).write(to: URL(fileURLWithPath: path))
            #expect(throws: KeySetError.self) { try SmallFile.read(path: path, limit: 1 << 20) }
            #expect(try SmallFile.read(path: path, limit: (1 << 20) + 1).count == (1 << 20) + 1)
        }
    }
}
