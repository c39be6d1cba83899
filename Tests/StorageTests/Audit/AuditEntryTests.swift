import Storage
import Testing

@Suite struct AuditEntryTests {
    @Test func controlCharactersDoNotPass() {
        let actor = AuditActor(kind: .user, id: "a\u{0}b\nc\u{1B}[0m", source: "10.0.0.1\r\nforged")
        #expect(actor.id == "a\u{FFFD}b\u{FFFD}c\u{FFFD}[0m")
        #expect(!actor.source.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func longTextsAreCut() {
        let target = AuditTarget(kind: "key", id: String(repeating: "é", count: 1000))
        #expect(target.id == String(repeating: "é", count: 128) + "…")
        let exact = String(repeating: "x", count: 256)
        #expect(AuditTarget(kind: "key", id: exact).id == exact)
    }

    @Test func longDetailsAreLeftOut() {
        let long = "\"" + String(repeating: "x", count: 70_000) + "\""
        #expect(AuditEntry.sample(before: long).before == "{\"omitted_bytes\":70002}")
        let fits = "\"" + String(repeating: "x", count: 60_000) + "\""
        #expect(AuditEntry.sample(after: fits).after == fits)
        #expect(AuditEntry.sample(after: "a\u{0}b").after == "ab")
    }

    @Test func breaksSayWhereAndWhat() {
        let fault = AuditBreak(tenant: "acme", row: 7, reason: .removed, detail: "one row is missing")
        #expect("\(fault)" == "row 7 of the chain of tenant \"acme\" is removed: one row is missing")
        let own = AuditBreak(tenant: "", row: 1, reason: .changed, detail: "x")
        #expect("\(own)".contains("the installation's chain"))
    }

    @Test func headsHaveAWrittenForm() {
        let head = AuditHead(tenant: "acme", rows: 3, hash: Array(0..<32))
        #expect(head.hexadecimal == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
        #expect(AuditHead(tenant: "acme", rows: 3, hexadecimal: head.hexadecimal.uppercased()) == head)
        #expect(AuditHead(tenant: "acme", rows: 3, hexadecimal: "00") == nil)
        #expect(AuditHead(tenant: "acme", rows: 3, hexadecimal: String(repeating: "g", count: 64)) == nil)
    }

    @Test(arguments: ["", "0", "0g", "é"])
    func badHexadecimal(text: String) {
        #expect(Hexadecimal.decode(text) == (text.isEmpty ? [] : nil))
    }
}
