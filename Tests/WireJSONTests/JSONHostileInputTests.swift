import Testing
import WireJSON

@Suite("JSON from hostile hands")
struct JSONHostileInputTests {
    @Test("Depth is bounded, at any size, without recursion", arguments: ["[", "{\"a\":", "[{\"a\":", " [ "])
    func depthBomb(opening: String) {
        for count in [129, 10_000, 1_000_000] {
            let bomb = utf8(String(repeating: opening, count: count))
            #expect(fault(in: bomb)?.kind == .tooDeep)
        }
    }

    @Test("The limit itself is allowed")
    func depthLimit() {
        func nested(_ depth: Int) -> [UInt8] {
            utf8(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }
        #expect(fault(in: nested(128)) == nil)
        #expect(fault(in: nested(129))?.kind == .tooDeep)
        #expect(fault(in: nested(3), limits: JSONLimits(maxDepth: 3)) == nil)
        #expect(fault(in: nested(4), limits: JSONLimits(maxDepth: 3))?.kind == .tooDeep)
        #expect(fault(in: utf8("[[[1]],[[2]]]"), limits: JSONLimits(maxDepth: 3)) == nil)
        #expect(JSONLimits(maxDepth: -1).maxDepth == 1)
        #expect(JSONLimits(maxDepth: .max).maxDepth == 512)
        #expect(fault(in: nested(512), limits: JSONLimits(maxDepth: .max)) == nil)
    }

    @Test(
        "Duplicates at every level",
        arguments: [
            (#"{"a":1,"a":2}"#, "a", "a"), (#"{"a":1,"b":2,"a":3}"#, "a", "a"), (#"{"x":{"a":1,"a":2}}"#, "a", "x.a"),
            (#"[1,[{"a":{"b":[0,{"c":1,"c":2}]}}]]"#, "c", "[1][0].a.b[1].c"), (#"{"a":1,"\u0061":2}"#, "a", "a"),
            (#"{"\u0061":1,"a":2}"#, "a", "a"), (#"{"\u00e9":1,"\u00E9":2}"#, "é", "[\"é\"]"),
            (#"{"":1,"":2}"#, "", "[\"\"]"),
            (#"{"a\"b":1,"a\u0022b":2}"#, "a\"b", #"["a\"b"]"#), (#"{"m":{},"n":{"k":0},"m":[]}"#, "m", "m"),
        ])
    func duplicates(document: String, name: String, path: String) throws {
        let error = try #require(fault(in: utf8(document)))
        #expect(error.kind == .duplicateMember(name))
        #expect(error.path == path)
    }

    @Test(
        "The same name in different objects is no duplicate",
        arguments: [
            #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":[{"a":1},{"a":2}],"b":{"a":1}}"#,
            // Equal by Unicode's rules but not byte for byte: two names, as for every JSON parser.
            "{\"\u{E9}\":1,\"e\u{301}\":2}",
        ])
    func noDuplicates(document: String) {
        #expect(fault(in: utf8(document)) == nil)
    }

    @Test("Large objects are hashed", arguments: [15, 16, 17, 18, 33, 65, 200, 5000])
    func largeObjects(count: Int) {
        let members = (0..<count).map { "\"k\($0)\":{\"k0\":1}" }
        let valid = "{" + members.joined(separator: ",") + "}"
        #expect(fault(in: utf8(valid)) == nil)
        for index in [0, count / 2, count - 1] {
            let twice = "{" + (members + ["\"\\u006b\(index)\":0"]).joined(separator: ",") + "}"
            #expect(fault(in: utf8(twice))?.kind == .duplicateMember("k\(index)"))
            #expect(fault(in: utf8("{\"outer\":\(twice)}"))?.path == "outer.k\(index)")
        }
    }

    @Test("Hashed objects inside of hashed objects keep their own names")
    func nestedLargeObjects() {
        let inner = "{" + (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
        let outer = "{" + (0..<40).map { "\"k\($0)\":\(inner)" }.joined(separator: ",")
        #expect(fault(in: utf8(outer + "}")) == nil)
        #expect(fault(in: utf8(outer + ",\"k39\":1}"))?.path == "k39")
    }

    @Test("100,000 members in linear time")
    func hundredThousandMembers() throws {
        let document = "{" + (0..<100_000).map { "\"member\($0)\":0" }.joined(separator: ",") + "}"
        #expect(try JSONMembers(scanning: utf8(document)).all.count == 100_000)
        #expect(try JSONValue(parsing: document).objectValue?.count == 100_000)
    }

    @Test("No valid document stays valid when cut", arguments: 0..<20 as Range<UInt64>)
    func truncations(seed: UInt64) {
        var documents = Documents(seed: seed)
        let tree = documents.object()
        let bytes = Array(documents.spelling(of: tree).drop { $0 <= 0x20 })
        let end = bytes.lastIndex(of: UInt8(ascii: "}")) ?? 0
        for length in 0..<min(end, 600) {
            #expect(scanFault(in: Array(bytes[..<length])) != nil)
            #expect(fault(in: Array(bytes[..<length])) != nil)
        }
        #expect(scanFault(in: bytes) == nil)
    }

    @Test("Random damage: no trap, and both readers agree", arguments: 0..<40 as Range<UInt64>)
    func mutations(seed: UInt64) {
        var documents = Documents(seed: seed &+ 1000)
        let tree = documents.object()
        let original = documents.spelling(of: tree)
        let interesting = utf8("{}[]\",:\\u0eE+-.tfn \n") + [0, 0x1F, 0x80, 0xC3, 0xE2, 0xED, 0xF0, 0xFF]
        for _ in 0..<100 {
            var bytes = original
            for _ in 0...documents.random.below(3) where !bytes.isEmpty {
                let index = documents.random.below(bytes.count)
                switch documents.random.below(3) {
                case 0: bytes[index] = documents.random.pick(interesting) ?? 0
                case 1: bytes.remove(at: index)
                default: bytes.insert(documents.random.pick(interesting) ?? 0, at: index)
                }
            }
            let (parsed, scanned) = (fault(in: bytes), scanFault(in: bytes))
            if scanned?.kind != .notAnObject {
                #expect(parsed?.kind == scanned?.kind)
                #expect(parsed?.offset == scanned?.offset)
            }
            if let parsed { #expect((0...bytes.count).contains(parsed.offset)) }
        }
    }
}
