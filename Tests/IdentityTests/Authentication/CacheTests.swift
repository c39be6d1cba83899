import Storage
import Testing

@testable import Identity

@Suite struct CacheTests {
    private func digest(_ text: String) -> TokenDigest {
        Array(text.utf8).withUnsafeBytes(TokenDigest.init)
    }

    private func entry(_ keyID: String? = nil, at seconds: Int = 0) -> CacheEntry {
        CacheEntry(
            identity: Identity(kind: .apiKey, tenant: "acme", keyID: keyID), validUntil: .max, epoch: nil,
            usedAt: Timestamp(seconds: seconds))
    }

    @Test func digestsAreOfTheWholeText() {
        #expect(digest("a") == digest("a"))
        #expect(digest("a") != digest("b"))
        #expect(digest("") != digest("\0"))
        let long = String(repeating: "x", count: 10_000)
        #expect(digest(long) != digest(long + "x"))
        #expect(Set((0..<1000).map { digest("\($0)") }).count == 1000)
    }

    @Test func digestsSpreadOverTheShards() {
        let shards = (0..<1600).reduce(into: [Int: Int]()) { $0[digest("\($1)").shardBits & 15, default: 0] += 1 }
        #expect(shards.count == 16)
        #expect(shards.values.allSatisfy { (50...160).contains($0) })
    }

    @Test func insertReplacesAndEvicts() {
        let cache = IdentityCache(capacity: 16)
        let first = entry()
        let second = entry()
        #expect(cache.insert(first, for: digest("a")) == nil)
        #expect(cache.insert(second, for: digest("a")) == nil)
        #expect(cache.entry(digest("a")) === second)
        for number in 0..<500 { _ = cache.insert(entry(), for: digest("\(number)")) }
        #expect(cache.entries.count <= 16)
        #expect(cache.removeAll().count <= 16)
        #expect(cache.entries.isEmpty)
        #expect(cache.remove(digest("a")) == nil)
    }

    @Test func usesAreTakenOnce() {
        let entry = entry("k", at: 10)
        #expect(entry.takeUse()?.time == Timestamp(seconds: 10))
        #expect(entry.takeUse() == nil)
        entry.touch(Timestamp(milliseconds: 10_999))
        #expect(entry.takeUse() == nil)
        entry.touch(Timestamp(seconds: 11))
        #expect(entry.takeUse()?.time == Timestamp(seconds: 11))
        #expect(self.entry(nil).takeUse() == nil)
    }

    @Test func failuresAreShortLivedAndBounded() {
        let cache = FailureCache(capacity: 4, lifetimeMilliseconds: 1000)
        let now = Timestamp(seconds: 100)
        cache.insert(AuthenticationFailure(.revoked), for: digest("a"), now: now)
        #expect(cache.failure(digest("a"), now: now.adding(milliseconds: 999))?.reason == .revoked)
        #expect(cache.failure(digest("b"), now: now) == nil)
        #expect(cache.failure(digest("a"), now: now.adding(milliseconds: 1000)) == nil)
        for number in 0..<100 { cache.insert(AuthenticationFailure(.revoked), for: digest("\(number)"), now: now) }
        #expect(cache.count <= 4)
        cache.removeAll()
        #expect(cache.count == 0)
    }

    @Test func infrastructureTroubleIsNeverRemembered() {
        let cache = FailureCache(capacity: 4, lifetimeMilliseconds: 1000)
        let now = Timestamp(seconds: 100)
        cache.insert(AuthenticationFailure(.unavailable), for: digest("a"), now: now)
        cache.insert(AuthenticationFailure(.overloaded), for: digest("b"), now: now)
        #expect(cache.count == 0)
        // A token that starts to count in between is not held up.
        cache.insert(
            AuthenticationFailure(.notYetValid(from: now.adding(milliseconds: 10))), for: digest("c"), now: now)
        #expect(cache.failure(digest("c"), now: now.adding(milliseconds: 10)) == nil)
    }
}

@Suite struct KeyDirectoryTests {
    private let cache = IdentityCache(capacity: 64)
    private let digest = Array("token".utf8).withUnsafeBytes(TokenDigest.init)
    private let record = APIKeyRecord(
        publicID: "k1", tenant: "acme", name: "k", scopes: ["inference"], secretHash: [1],
        createdAt: Timestamp(seconds: 1))

    private func directory(at version: Int = 5) -> KeyDirectory {
        let directory = KeyDirectory(cache: cache, capacity: 4)
        _ = directory.apply(IdentityChanges(version: version, keys: [], removedTenants: []), since: nil)
        return directory
    }

    private func entry(_ record: APIKeyRecord) -> CacheEntry {
        CacheEntry(identity: Identity(record), validUntil: .max, epoch: nil, usedAt: Timestamp(seconds: 9))
    }

    @Test func recordsReadBeforeAProcessedChangeAreRefused() {
        let directory = directory()
        #expect(!directory.keep(record, readAt: 4))
        #expect(directory.record("k1") == nil)
        #expect(directory.keep(record, readAt: 5))
        #expect(directory.record("k1") == record)
    }

    @Test func changesTakeEntriesAlong() {
        let directory = directory()
        #expect(directory.keep(record, readAt: 5))
        directory.admit(entry(record), for: digest, from: record)
        #expect(cache.entry(digest) != nil)
        #expect(!directory.apply(IdentityChanges(version: 6, keys: ["k1"], removedTenants: []), since: 5))
        #expect(cache.entry(digest) == nil)
        #expect(directory.record("k1") == nil)
        #expect(directory.takeUses() == ["k1": Timestamp(seconds: 9)])
        #expect(directory.takeUses() == [:])
    }

    @Test func entriesOfReplacedRecordsAreNotAdmitted() {
        let directory = directory()
        #expect(directory.keep(record, readAt: 5))
        var old = record
        old.secretHash = [2]
        directory.admit(entry(old), for: digest, from: old)
        #expect(cache.entry(digest) == nil)
    }

    @Test func lateNewsIsIgnored() {
        let directory = directory(at: 5)
        _ = directory.apply(IdentityChanges(version: 8, keys: [], removedTenants: []), since: 5)
        #expect(directory.keep(record, readAt: 8))
        _ = directory.apply(IdentityChanges(version: 7, keys: ["k1"], removedTenants: []), since: 5)
        #expect(directory.version == 8)
        #expect(directory.record("k1") != nil)
    }

    @Test func tooManyChangesForgetEverything() {
        let directory = directory()
        #expect(directory.keep(record, readAt: 5))
        _ = directory.apply(IdentityChanges(version: 6, keys: nil, removedTenants: []), since: 5)
        #expect(directory.record("k1") == nil)
    }

    /// A backup put in place of the database: nothing known before may be believed.
    @Test func aCounterThatFallsForgetsEverything() {
        let directory = directory(at: 50)
        _ = directory.apply(IdentityChanges(version: 51, keys: [], removedTenants: ["gone"]), since: 50)
        #expect(directory.isRemoved(tenant: "gone"))
        #expect(directory.keep(record, readAt: 51))
        #expect(directory.apply(IdentityChanges(version: 3, keys: [], removedTenants: []), since: 51))
        #expect(directory.version == nil)
        #expect(directory.record("k1") == nil)
        #expect(!directory.isRemoved(tenant: "gone"))
    }

    @Test func knownKeysAreBounded() {
        let directory = directory()
        for number in 0..<50 {
            var key = record
            key.publicID = "k\(number)"
            #expect(directory.keep(key, readAt: 5))
        }
        #expect((0..<50).filter { directory.record("k\($0)") != nil }.count == 4)
    }
}
