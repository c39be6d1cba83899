import Dialects
import Testing

@testable import Gateway

@Suite("Thoughts between turns")
struct ThoughtStoreTests {
    private func record(_ id: String, _ payload: String = "thought") -> ThoughtRecord {
        ThoughtRecord(toolCallID: id, kind: .anthropic, payload: payload)
    }

    @Test("are recalled by their tenant and tool call only")
    func recall() {
        let store = ThoughtStore()
        store.remember([record("call_1")], tenant: "acme", now: 100)
        #expect(store.recall("call_1", tenant: "acme", now: 101)?.payload == "thought")
        #expect(store.recall("call_1", tenant: "other", now: 101) == nil)
        #expect(store.recall("call_2", tenant: "acme", now: 101) == nil)
    }

    @Test("expire")
    func expiry() {
        let store = ThoughtStore(lifetime: 60)
        store.remember([record("call_1")], tenant: "acme", now: 100)
        #expect(store.recall("call_1", tenant: "acme", now: 159) != nil)
        #expect(store.recall("call_1", tenant: "acme", now: 160) == nil)
    }

    @Test("the oldest go first when there are too many")
    func entryBound() {
        let store = ThoughtStore(maxEntries: 10, shards: 1)
        for index in 0..<100 { store.remember([record("call_\(index)")], tenant: "acme", now: 100) }
        #expect(store.count == 10)
        #expect(store.recall("call_99", tenant: "acme", now: 100) != nil)
        #expect(store.recall("call_89", tenant: "acme", now: 100) == nil)
    }

    @Test("the oldest go first when they are too large, and one that never fits is not kept")
    func byteBound() {
        let store = ThoughtStore(maxBytes: 1000, shards: 1)
        for index in 0..<20 {
            store.remember([record("call_\(index)", String(repeating: "x", count: 100))], tenant: "a", now: 1)
        }
        #expect(store.count == 10)
        store.remember([record("huge", String(repeating: "x", count: 1001))], tenant: "a", now: 1)
        #expect(store.recall("huge", tenant: "a", now: 1) == nil)
        #expect(store.count == 10)
    }

    @Test("one remembered again is as young as its last turn")
    func refresh() {
        let store = ThoughtStore(maxEntries: 2, shards: 1)
        store.remember([record("old"), record("other")], tenant: "a", now: 1)
        store.remember([record("old", "newer")], tenant: "a", now: 1)
        store.remember([record("third")], tenant: "a", now: 1)
        #expect(store.recall("old", tenant: "a", now: 1)?.payload == "newer")
        #expect(store.recall("other", tenant: "a", now: 1) == nil)
    }

    @Test("one call remembered again and again takes one place, also behind an older one")
    func bounded() {
        let store = ThoughtStore(maxEntries: 100, shards: 1)
        store.remember([record("first")], tenant: "a", now: 1)
        for index in 0..<10_000 { store.remember([record("again", "\(index)")], tenant: "a", now: 1) }
        #expect(store.count == 2)
        #expect(store.orderCount <= 2 * 2 + 16)
        #expect(store.recall("first", tenant: "a", now: 1) != nil)
        #expect(store.recall("again", tenant: "a", now: 1)?.payload == "9999")
        // What is left of the order still tells who is the oldest.
        for index in 0..<99 { store.remember([record("call_\(index)")], tenant: "a", now: 1) }
        #expect(store.recall("first", tenant: "a", now: 1) == nil)
        #expect(store.recall("again", tenant: "a", now: 1) != nil)
        #expect(store.count == 100)
    }
}

@Suite("Media types by content")
struct MediaTypeTests {
    @Test(
        "are told from the first bytes",
        arguments: [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "image/png"),
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"),
            (Array("GIF89a..".utf8), "image/gif"), (Array("RIFF....WEBPVP8".utf8), "image/webp"),
            (Array("RIFF....WAVEfmt".utf8), "audio/wav"), (Array("%PDF-1.7".utf8), "application/pdf"),
            (Array("....ftypheic".utf8), "image/heic"), (Array("....ftypavif".utf8), "image/avif"),
            (Array("ID3.".utf8), "audio/mpeg"), (Array("OggS".utf8), "audio/ogg"),
        ] as [([UInt8], String)])
    func known(bytes: [UInt8], type: String) {
        #expect(MediaType.sniff(bytes) == type)
    }

    @Test(
        "pages, scripts and beginnings of files are none of them",
        arguments: ["", "<html>", "<svg", "RIFF", "GIF", "PK\u{3}\u{4}"])
    func unknown(text: String) {
        #expect(MediaType.sniff(Array(text.utf8)) == nil)
    }
}
