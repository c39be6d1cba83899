import Testing
import WireJSON

@Suite("Edits by position")
struct JSONEditsTests {
    /// Removes the named members and appends the pairs.
    private func edited(
        _ source: String, remove: [String] = [], append: [(String, String)] = []
    ) throws -> String {
        let bytes = utf8(source)
        var edits = JSONEdits()
        for member in try JSONMembers(scanning: bytes).all where remove.contains(JSONSlice.name(of: member, in: bytes))
        {
            edits.remove(member)
        }
        for (name, value) in append { edits.append(member: name, value: utf8(value)) }
        return text(edits.apply(to: bytes))
    }

    @Test(
        "Removal takes the right comma",
        arguments: [
            (["a"], #"{"b":2,"c":3}"#), (["b"], #"{"a":1,"c":3}"#), (["c"], #"{"a":1,"b":2}"#),
            (["a", "b"], #"{"c":3}"#),
            (["b", "c"], #"{"a":1}"#), (["a", "c"], #"{"b":2}"#), (["a", "b", "c"], "{}"),
            ([], #"{"a":1,"b":2,"c":3}"#),
        ] as [([String], String)])
    func removal(names: [String], expected: String) throws {
        #expect(try edited(#"{"a":1,"b":2,"c":3}"#, remove: names) == expected)
        let spaced = try edited(" { \"a\" : 1 ,\n \"b\" : 2 ,\n \"c\" : 3 } ", remove: names)
        #expect(try JSONValue(parsing: spaced) == JSONValue(parsing: expected))
    }

    @Test(
        "Appending",
        arguments: [
            ("{}", [], #"{"x":1,"y":"é"}"#), (" { } ", [], #" { "x":1,"y":"é"} "#),
            (#"{"a":0}"#, [], #"{"a":0,"x":1,"y":"é"}"#),
            (#"{"a":0}"#, ["a"], #"{"x":1,"y":"é"}"#), (#"{"a":0,"b":1}"#, ["b"], #"{"a":0,"x":1,"y":"é"}"#),
            (#"{"a":0,"b":1}"#, ["a"], #"{"b":1,"x":1,"y":"é"}"#),
            (#"{ "a":0, "b":1 }"#, ["a", "b"], #"{  "x":1,"y":"é"}"#),
        ] as [(String, [String], String)])
    func appending(source: String, remove: [String], expected: String) throws {
        #expect(try edited(source, remove: remove, append: [("x", "1"), ("y", "\"é\"")]) == expected)
    }

    @Test("Names to append are escaped")
    func appendedNames() {
        var edits = JSONEdits()
        edits.append(member: "a\"b", value: utf8("1"))
        #expect(text(edits.apply(to: utf8("{}"))) == #"{"a\"b":1}"#)
        edits = JSONEdits()
        edits.append(member: "stream" as StaticString, value: utf8("true"))
        #expect(text(edits.apply(to: utf8("{}"))) == #"{"stream":true}"#)
    }

    @Test("Nested members are removed from their own object")
    func nested() throws {
        let bytes = utf8(#"{"o":{"usage":true,"x":1},"p":{"usage":true}}"#)
        var edits = JSONEdits()
        for member in try JSONMembers(scanning: bytes).all {
            edits.remove(try #require(JSONSlice.members(of: member.value, in: bytes)?.first))
        }
        edits.append(member: "q", value: utf8("2"))
        #expect(text(edits.apply(to: bytes)) == #"{"o":{"x":1},"p":{},"q":2}"#)
    }

    @Test("Conflicts: the later replacement wins, a removal wins over what is inside of it")
    func conflicts() throws {
        let bytes = utf8(#"{"a":{"b":1},"c":2}"#)
        let members = try JSONMembers(scanning: bytes).all
        let inner = try #require(JSONSlice.members(of: members[0].value, in: bytes)?.first)
        var edits = JSONEdits()
        #expect(edits.isEmpty)
        edits.replace(members[1].value, with: utf8("3"))
        edits.replace(members[1].value, with: utf8("4"))
        edits.replace(inner.value, with: utf8("9"))
        #expect(text(edits.apply(to: bytes)) == #"{"a":{"b":9},"c":4}"#)
        edits.remove(members[0])
        edits.remove(members[0])
        edits.remove(inner)
        #expect(text(edits.apply(to: bytes)) == #"{"c":4}"#)
        #expect(!edits.isEmpty)
    }

    @Test("Edits of a slice, and edits that lie outside of the source")
    func slices() throws {
        let line = utf8("data: {\"a\":1,\"b\":2}")
        var edits = JSONEdits()
        edits.remove(try JSONMembers(scanning: line[6...]).all[0])
        #expect(text(edits.apply(to: line[6...])) == "{\"b\":2}")
        #expect(text(edits.apply(to: utf8("{}"))) == "{}")
        #expect(edits.apply(to: []) == [])
    }

    @Test("Edited by position equals edited by value", arguments: 0..<80 as Range<UInt64>)
    func property(seed: UInt64) throws {
        var documents = Documents(seed: seed)
        for _ in 0..<10 {
            let tree = documents.object()
            let bytes = documents.spelling(of: tree)
            var object = try #require(tree.objectValue)
            var edits = JSONEdits()
            for member in try JSONMembers(scanning: bytes).all.shuffled(using: &documents.random) {
                let name = JSONSlice.name(of: member, in: bytes)
                switch documents.random.below(4) {
                case 0:
                    edits.remove(member)
                    object[name] = nil
                case 1:
                    let value = documents.value(depth: 2)
                    edits.replace(member.value, with: value.bytes)
                    object[name] = value
                default:
                    break
                }
            }
            for index in 0..<documents.random.below(3) {
                let value = documents.value(depth: 2)
                edits.append(member: "appended\(index)", value: value.bytes)
                object["appended\(index)"] = value
            }
            let result = edits.apply(to: bytes)
            #expect(try JSONValue(parsing: result) == .object(object))
            #expect(try JSONMembers(scanning: result).all.map { JSONSlice.name(of: $0, in: result) } == object.keys)
            if edits.isEmpty { #expect(result == bytes) }
        }
    }
}
