import Testing
import WireJSON

@Suite("Members of a scanned document")
struct JSONMembersTests {
    private let body = utf8(
        #" {"model" : "gpt", "n":5.0,"stream":true, "m\u0061x" : null,"list":[1, {"a":[]} ,"x,]"],"o":{"a":"\u00e9\n","b":{}} } "#
    )

    @Test("Ranges and kinds")
    func ranges() throws {
        let members = try JSONMembers(scanning: body)
        let found = members.all.map {
            [text(Array(body[$0.name])), text(Array(body[$0.value])), text(Array(body[$0.whole]))]
        }
        #expect(
            found == [
                ["model", "\"gpt\"", "\"model\" : \"gpt\""], ["n", "5.0", "\"n\":5.0"],
                ["stream", "true", "\"stream\":true"],
                ["m\\u0061x", "null", "\"m\\u0061x\" : null"],
                ["list", "[1, {\"a\":[]} ,\"x,]\"]", "\"list\":[1, {\"a\":[]} ,\"x,]\"]"],
                ["o", "{\"a\":\"\\u00e9\\n\",\"b\":{}}", "\"o\":{\"a\":\"\\u00e9\\n\",\"b\":{}}"],
            ])
        #expect(members.all.map(\.kind) == [.string, .number, .bool, .null, .array, .object])
    }

    @Test("Members by name, escapes resolved")
    func byName() throws {
        let members = try JSONMembers(scanning: body)
        #expect(members.member("model", in: body)?.kind == .string)
        #expect(members.member("max", in: body)?.kind == .null)
        #expect(members.member("mod", in: body) == nil)
        #expect(members.member("models", in: body) == nil)
        #expect(members.member("a", in: body) == nil)
        #expect(members.member("max", in: body).map { JSONSlice.name(of: $0, in: body) } == "max")
        // Bytes that were not scanned: no answer, no trap.
        #expect(members.member("list", in: []) == nil)
    }

    @Test("Readers of ranges")
    func slices() throws {
        let members = try JSONMembers(scanning: body)
        func value(_ name: StaticString) throws -> Range<Int> { try #require(members.member(name, in: body)).value }
        #expect(JSONSlice.string(try value("model"), in: body) == "gpt")
        #expect(JSONSlice.int(try value("n"), in: body) == 5)
        #expect(JSONSlice.bool(try value("stream"), in: body) == true)
        #expect(JSONSlice.string(try value("n"), in: body) == nil)
        #expect(JSONSlice.int(try value("model"), in: body) == nil)
        #expect(JSONSlice.bool(try value("max"), in: body) == nil)
        let elements = try #require(JSONSlice.elements(of: try value("list"), in: body))
        #expect(elements.map(\.kind) == [.number, .object, .string])
        #expect(elements.map { text(Array(body[$0.range])) } == ["1", "{\"a\":[]}", "\"x,]\""])
        let nested = try #require(JSONSlice.members(of: try value("o"), in: body))
        #expect(nested.map { JSONSlice.name(of: $0, in: body) } == ["a", "b"])
        #expect(JSONSlice.string(nested[0].value, in: body) == "é\n")
        #expect(JSONSlice.utf8(nested[0].value, in: body) == utf8("é\n"))
        #expect(JSONSlice.members(of: try value("list"), in: body) == nil)
        #expect(JSONSlice.elements(of: try value("o"), in: body) == nil)
    }

    @Test("Ranges outside of the bytes give nil")
    func outside() {
        for range in [0..<5, 3..<900, 900..<901, 1..<1] {
            #expect(JSONSlice.string(range, in: utf8("{}")) == nil)
            #expect(JSONSlice.int(range, in: utf8("{}")) == nil)
            #expect(JSONSlice.bool(range, in: utf8("{}")) == nil)
            #expect(JSONSlice.members(of: range, in: utf8("{}")) == nil)
            #expect(JSONSlice.elements(of: range, in: utf8("{}")) == nil)
        }
    }

    @Test("A scanned slice has the indices of its array")
    func arraySlice() throws {
        let line = utf8(#"data: {"a":[1],"b":"x"}"#)
        let members = try JSONMembers(scanning: line[6...])
        #expect(members.all.map { text(Array(line[$0.value])) } == ["[1]", "\"x\""])
        #expect(JSONSlice.string(try #require(members.member("b", in: line)).value, in: line) == "x")
    }

    @Test("Members agree with the tree", arguments: 0..<40 as Range<UInt64>)
    func agreesWithTree(seed: UInt64) throws {
        var documents = Documents(seed: seed)
        let tree = documents.object()
        let bytes = documents.spelling(of: tree)
        let object = try #require(tree.objectValue)
        let members = try JSONMembers(scanning: bytes).all
        #expect(members.map { JSONSlice.name(of: $0, in: bytes) } == object.keys)
        for (member, (_, value)) in zip(members, object) {
            #expect(try JSONValue(parsing: bytes[member.value]) == value)
        }
    }
}
