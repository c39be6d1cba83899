import Testing
import WireJSON

@Suite("JSON errors")
struct JSONErrorTests {
    @Test(
        "Paths",
        arguments: [
            (#"{"messages":[{"role":"user","content":01}]}"#, "messages[0].content"),
            (#"{"messages":[{"role":"user"},{"role":tru}]}"#, "messages[1].role"),
            (#"{"messages":[{"role":"user"} {}]}"#, "messages[1]"), (#"{"a":[1,2,x]}"#, "a[2]"),
            (#"{"a":{"b":{"c":[[[{"d":"\q"}]]]}}}"#, "a.b.c[0][0][0].d"), (#"{"odd name":[nul]}"#, "[\"odd name\"][0]"),
            (#"{"a":{"b":1},"c":"#, "c"), (#"{"a":{"b":1},x"#, ""), (#"{"a":{"b":1 "c"}}"#, "a"), ("{} x", ""),
            (#"{"a" 1}"#, "a"), ("[", "[0]"), (#"[{"a":1},{"b":2},"#, "[2]"),
        ])
    func paths(document: String, path: String) throws {
        #expect(try #require(fault(in: utf8(document))).path == path)
    }

    @Test(
        "Messages",
        arguments: [
            (#"{"a":1,}"#, "Unexpected '}', expected a member name (byte 7)"),
            (#"{"a":[1 2]}"#, "Unexpected '2', expected ',' or ']' in a[1] (byte 8)"),
            (#"{"a":"#, "Unexpected end of JSON, expected a value in a (byte 5)"),
            (#"{"a":{"b":1,"b":2}}"#, "Duplicate member \"b\" in a.b (byte 13)"),
            ("{\"a\":\"\n\"}", "Unescaped line break in a string in a (byte 6)"),
            ("{} \u{0}", "Unexpected control character 0 after the end of the JSON document (byte 3)"),
            ("{\"a\":é}", "Unexpected byte 195, expected a value in a (byte 5)"),
            (#"{"a":"\ud800"}"#, "Malformed escape in a string in a (byte 6)"),
            ("[]", "Expected a JSON object (byte 0)"),
        ])
    func messages(document: String, message: String) throws {
        #expect(try #require(scanFault(in: utf8(document))).message == message)
    }

    @Test("Names and paths in errors are cut: a client chooses them")
    func bounded() throws {
        let name = String(repeating: "n", count: 10_000)
        let long = try #require(fault(in: utf8("{\"\(name)\":x}")))
        #expect(long.path.utf8.count < 100)
        let deep = try #require(fault(in: utf8(String(repeating: "{\"member\":", count: 120) + "x")))
        #expect(deep.path.utf8.count < 300)
        let twice = try #require(fault(in: utf8("{\"\(name)\":1,\"\(name)\":2}")))
        #expect(twice.message.utf8.count < 300)
    }

    @Test("Offsets of slices are indices of the slice")
    func slices() throws {
        let bytes = utf8("data: {\"a\":x}")
        #expect(throws: JSONError.self) { try JSONValue(parsing: bytes[6...]) }
        do {
            _ = try JSONValue(parsing: bytes[6...])
        } catch let error {
            #expect(error.offset == 11)
            #expect(error.path == "a")
        }
        #expect(try JSONValue(parsing: utf8("xx[1,2]yy")[2..<7]) == [1, 2])
    }
}
