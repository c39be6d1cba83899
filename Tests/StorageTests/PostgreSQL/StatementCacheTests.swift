import Testing

@testable import Storage

@Suite struct StatementCacheTests {
    private func key(_ text: String, _ types: [UInt32] = []) -> StatementCache.Key {
        StatementCache.Key(text: text, types: types)
    }

    @Test func knowsWhatWasPrepared() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.plan(for: key("SELECT 1")) == .new("s1", evicted: nil))
        #expect(cache.plan(for: key("SELECT 1")) == .new("s2", evicted: nil), "the server did not confirm the first")
        cache.prepared(key("SELECT 1"), as: "s2")
        #expect(cache.plan(for: key("SELECT 1")) == .known("s2"))
    }

    @Test func typesMakeAnotherStatement() {
        var cache = StatementCache(capacity: 2)
        cache.prepared(key("SELECT $1", [20]), as: "a")
        #expect(cache.plan(for: key("SELECT $1", [20])) == .known("a"))
        #expect(cache.plan(for: key("SELECT $1", [25])) != .known("a"))
    }

    @Test func whatWasUsedLongestAgoGivesWay() {
        var cache = StatementCache(capacity: 2)
        for text in ["SELECT 1", "SELECT 2"] {
            guard case .new(let name, nil) = cache.plan(for: key(text)) else {
                Issue.record("not new")
                return
            }
            cache.prepared(key(text), as: name)
        }
        #expect(cache.plan(for: key("SELECT 1")) == .known("s1"))
        #expect(cache.plan(for: key("SELECT 3")) == .new("s3", evicted: "s2"))
        cache.evicted("s2")
        cache.prepared(key("SELECT 3"), as: "s3")
        #expect(cache.plan(for: key("SELECT 1")) == .known("s1"))
        #expect(cache.plan(for: key("SELECT 2")) == .new("s4", evicted: "s3"))
    }

    @Test func namesAreNotUsedAgain() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.plan(for: key("SELECT 1")) == .new("s1", evicted: nil))
        cache.prepared(key("SELECT 1"), as: "s1")
        cache.removeAll()
        #expect(cache.plan(for: key("SELECT 1")) == .new("s2", evicted: nil))
    }

    @Test(arguments: [
        "CREATE TABLE t (a BIGINT)", "ALTER TABLE t ADD b TEXT", "BEGIN", "", "   ", "SELECTED", "LISTEN x",
    ])
    func onlyQueriesAndWritesArePrepared(text: String) {
        var cache = StatementCache(capacity: 2)
        #expect(cache.plan(for: key(text)) == .once)
    }

    @Test(arguments: ["SELECT 1", "\n  INSERT INTO t", "UPDATE t", "DELETE FROM t", "WITH x AS", "SELECT\n1"])
    func queriesArePrepared(text: String) {
        var cache = StatementCache(capacity: 2)
        #expect(cache.plan(for: key(text)) == .new("s1", evicted: nil))
        var none = StatementCache(capacity: 0)
        #expect(none.plan(for: key(text)) == .once)
    }
}
