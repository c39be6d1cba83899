import Testing
import WireJSON

@Suite("JSON values")
struct JSONValueTests {
    @Test("Readers give nil for other kinds")
    func readers() {
        let value: JSONValue = ["s": "text", "i": 5, "d": 2.5, "b": true, "n": nil, "a": [1, "x"], "o": ["k": "v"]]
        #expect(value["s"]?.stringValue == "text")
        #expect(value["i"]?.intValue == 5)
        #expect(value["d"]?.intValue == nil)
        #expect(value["d"]?.numberValue?.double == 2.5)
        #expect(value["b"]?.boolValue == true)
        #expect(value["n"]?.isNull == true)
        #expect(value["a"]?[1]?.stringValue == "x")
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["o"]?["k"] == "v")
        #expect(value["o"]?[0] == nil)
        #expect(value["missing"] == nil)
        #expect(value["s"]?["k"] == nil)
        #expect(value["s"]?.boolValue == nil)
        #expect(value["s"]?.arrayValue == nil)
        #expect(value["s"]?.objectValue == nil)
        #expect(value["i"]?.stringValue == nil)
    }

    @Test(
        "Names of kinds",
        arguments: [
            ("string", "a"), ("number", 1), ("array", []), ("object", [:]), ("boolean", false), ("null", nil),
        ] as [(String, JSONValue)])
    func typeNames(name: String, value: JSONValue) {
        #expect(value.typeName == name)
    }

    @Test("Escapes are resolved")
    func escapes() throws {
        let value = try JSONValue(parsing: #"["\"\\\/\b\f\n\r\t","\u00e9\uD83D\uDE00x","\u0000","a\u0062c"]"#)
        #expect(value == ["\"\\/\u{8}\u{C}\n\r\t", "é😀x", "\u{0}", "abc"])
    }

    @Test("Written text is compact, controls are escaped, UTF-8 is not")
    func writing() {
        let value: JSONValue = [
            "a": ["\u{0}\u{1F}\u{7F}\"\\/\n\r\t\u{8}\u{C}", "é日😀\u{2028}"], "b": [:], "c": [], "d": nil, "e": false,
        ]
        #expect(
            value.text
                == "{\"a\":[\"\\u0000\\u001f\u{7F}\\\"\\\\/\\n\\r\\t\\b\\f\",\"é日😀\u{2028}\"],\"b\":{},\"c\":[],\"d\":null,\"e\":false}"
        )
    }

    @Test("Integers", arguments: [0, 1, 9, 10, -1, 1_234_567_890, Int.max, Int.min])
    func appendInt(value: Int) {
        var output = utf8("x")
        JSONText.appendInt(value, to: &output)
        #expect(text(output) == "x\(value)")
    }

    @Test("Strings of any length and content survive writing and reading", arguments: 0..<20 as Range<UInt64>)
    func strings(seed: UInt64) throws {
        var documents = Documents(seed: seed)
        for _ in 0..<100 {
            let string = documents.string()
            #expect(try JSONValue(parsing: JSONText.quoted(string)) == .string(string))
            var output: [UInt8] = []
            JSONText.appendString(utf8: utf8(string), to: &output)
            #expect(output == JSONText.quoted(string))
        }
    }
}

@Suite("JSON objects")
struct JSONObjectTests {
    @Test("Order is kept; setting replaces in place, nil removes")
    func order() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["c"] = 3
        object["b"] = 4
        #expect(object.keys == ["b", "a", "c"])
        object["a"] = nil
        object["missing"] = nil
        #expect(object.keys == ["b", "c"])
        #expect(object.count == 2)
        #expect(!object.isEmpty)
        object.append("d", true)
        #expect(object.map(\.key) == ["b", "c", "d"])
        #expect(JSONValue.object(object).text == #"{"b":4,"c":3,"d":true}"#)
    }

    @Test("Equality and hashes ignore the order of members, not of elements")
    func equality() {
        let one: JSONValue = ["a": 1, "b": ["c": [1, 2], "d": nil]]
        let other: JSONValue = ["b": ["d": nil, "c": [1, 2]], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1, "b": ["c": [2, 1], "d": nil]])
        #expect(one != ["a": 1])
        #expect((["a": 1] as JSONValue) != ["b": 1])
        #expect((["a": nil] as JSONValue) != [:])
    }

    @Test("Names are compared byte for byte")
    func canonicalEquivalence() {
        var object = JSONObject()
        object["\u{E9}"] = 1
        object["e\u{301}"] = 2
        #expect(object.count == 2)
        #expect(object["\u{E9}"] == 1)
        #expect(object["e\u{301}"] == 2)
    }
}
