import NIOCore
import RedisTesting
import Testing

@testable import RedisClient

@Suite("Slots, maps, redirections and back-off")
struct ClusterTests {
    @Test(
        "slots are those of the cluster specification",
        arguments: [
            ("123456789", 0x31C3), ("foo", 12182), ("", 0), ("{user1000}.following", 3443), ("user1000", 3443),
            ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015), ("foo{bar}{zap}", 5061), ("bar", 5061), ("{bar", 4015),
        ])
    func slots(key: String, slot: Int) {
        #expect(HashSlot.of(key) == slot)
    }

    private static let asked = RedisAddress(host: "10.0.0.1", port: 7000)

    private static func range(_ first: Int, _ last: Int, _ host: String, _ port: Int) -> RedisReply {
        .array([.integer(first), .integer(last), .array([.bulk(Array(host.utf8)), .integer(port)])])
    }

    @Test("a map knows the owner of each slot")
    func map() throws {
        let reply = RedisReply.array([
            Self.range(0, 99, "a", 1), Self.range(200, 16383, "", 2), Self.range(100, 100, "a", 1),
        ])
        let map = try #require(ClusterMap(reply, asked: Self.asked))
        #expect(map.masters == [RedisAddress(host: "a", port: 1), RedisAddress(host: "10.0.0.1", port: 2)])
        #expect(map.owner(ofSlot: 0) == 0)
        #expect(map.owner(ofSlot: 100) == 0)
        #expect(map.owner(ofSlot: 101) == nil)
        #expect(map.owner(ofSlot: 16383) == 1)
    }

    @Test(
        "a malformed map is none",
        arguments: [
            RedisReply.null, .array([]), .array([.integer(1)]), .array([.array([.integer(0), .integer(1)])]),
            .array([range(5, 4, "a", 1)]), .array([range(0, 16384, "a", 1)]), .array([range(-1, 5, "a", 1)]),
            .array([range(0, 5, "a", 0)]), .array([range(0, 5, "a", 70000)]),
            .array([.array([.integer(0), .integer(1), .array([.null])])]),
        ])
    func malformedMap(reply: RedisReply) {
        #expect(ClusterMap(reply, asked: Self.asked) == nil)
    }

    @Test("redirections")
    func redirections() {
        let moved = Redirection(RedisServerError("MOVED 3999 127.0.0.1:6381"), sender: nil)
        #expect(moved?.kind == .moved)
        #expect(moved?.target == RedisAddress(host: "127.0.0.1", port: 6381))
        let ask = Redirection(RedisServerError("ASK 3999 ::1:6381"), sender: nil)
        #expect(ask?.kind == .ask)
        #expect(ask?.target == RedisAddress(host: "::1", port: 6381))
        #expect(Redirection(RedisServerError("MOVED 1 :5"), sender: Self.asked)?.target.host == "10.0.0.1")
    }

    @Test(
        "malformed redirections are none",
        arguments: [
            "MOVED", "MOVED 1", "MOVED 1 a", "MOVED 1 a:", "MOVED 1 a:0", "ASK 1 a:99999", "MOVED 1 :5", "ERR x", "",
        ])
    func malformedRedirections(text: String) {
        #expect(Redirection(RedisServerError(text), sender: nil) == nil)
    }

    @Test("waits double up to the last, less at most half", arguments: 1...20)
    func backoff(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var backoff = Backoff(first: .milliseconds(50), last: .seconds(2))
        for full in [50, 100, 200, 400, 800, 1600, 2000, 2000] {
            let wait = backoff.next(using: &random).nanoseconds
            #expect((Int64(full) * 500_000...Int64(full) * 1_000_000).contains(wait))
        }
        for _ in 0..<200 { #expect(backoff.next(using: &random) <= .seconds(2)) }
        backoff.reset()
        #expect(backoff.next(using: &random) <= .milliseconds(50))
    }

    @Test("a full buffer of events loses, and tells it once there is room")
    func eventBuffer() async {
        let (stream, continuation) = AsyncStream.makeStream(
            of: RedisSubscriptionEvent.self, bufferingPolicy: .bufferingOldest(2))
        let buffer = EventBuffer(continuation)
        func message(_ number: UInt8) -> RedisSubscriptionEvent { .message(channel: "c", payload: [number]) }
        for number in 1...4 { buffer.add(message(UInt8(number))) }
        var events = stream.makeAsyncIterator()
        #expect(await events.next() == message(1))
        #expect(await events.next() == message(2))
        buffer.add(message(5))
        #expect(await events.next() == .gap)
        #expect(await events.next() == message(5))
    }
}
