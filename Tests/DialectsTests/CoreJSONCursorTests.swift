import Testing
import WireJSON

@testable import Dialects

/// The stepper over validated JSON finds what the full parser finds.
@Suite struct CoreJSONCursorTests {
    private func items(_ range: Range<Int>, _ bytes: [UInt8]) -> [JSONCursor.Item] {
        var cursor = JSONCursor(range, in: bytes)
        var items: [JSONCursor.Item] = []
        while let item = cursor.next(), items.count < 100_000 { items.append(item) }
        return items
    }

    @Test(arguments: [
        "{}", "[]", "{ }", "[ ]", "[1]", #"{"a":1}"#, #" "#, "",
        #"{"a" : "x\"y" , "b":[1,{"c":"]"}],"d":{"e":{"f":"}"}} ,"g":null}"#,
        #"["\\","\\\"","a long string with \" and , and ] inside", -1.5e3 , true,false,[ [ ] ],{}]"#,
        #"{"":"","0123456":"01234567","01234567":"0123456"}"#,
    ])
    func agreesWithTheParser(_ json: String) {
        let bytes = Array(json.utf8)
        compare(bytes)
    }

    @Test(arguments: 0..<200)
    func agreesOnRandomDocuments(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        compare(document(depth: 4, &generator).bytes)
    }

    @Test(arguments: 0..<200)
    func survivesDamage(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let bytes = Mutation.of(document(depth: 3, &generator).bytes, using: &generator)
        for item in items(0..<bytes.count, bytes) {
            #expect(item.value.upperBound <= bytes.count)
            #expect(!item.value.isEmpty)
        }
        _ = items(0..<(bytes.count + 10), bytes)
    }

    private func compare(_ bytes: [UInt8]) {
        let whole = 0..<bytes.count
        let found = items(whole, bytes)
        if let members = JSONSlice.members(of: whole, in: bytes) {
            #expect(found.map(\.name) == members.map(\.name))
            #expect(found.map(\.value) == members.map(\.value))
        } else if let elements = JSONSlice.elements(of: whole, in: bytes) {
            #expect(found.map(\.value) == elements.map(\.range))
        } else {
            #expect(found.isEmpty)
        }
    }

    private func document(depth: Int, _ generator: inout SplitMix64) -> JSONValue {
        let texts = ["", "a", "quote \" and \\ back", "[{", "}]", "a somewhat longer text, without anything", "é\n"]
        switch generator.below(depth > 0 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(generator.chance(1, in: 2))
        case 2: return .number(JSONNumber(Int(truncatingIfNeeded: generator.next())))
        case 3, 4: return .string((generator.pick(texts) ?? "") + (generator.pick(texts) ?? ""))
        case 5: return .array((0..<generator.below(5)).map { _ in document(depth: depth - 1, &generator) })
        default:
            var object = JSONObject()
            for index in 0..<generator.below(5) {
                object.append("\(index)\(generator.pick(texts) ?? "")", document(depth: depth - 1, &generator))
            }
            return .object(object)
        }
    }

    @Test func readsNumbers() {
        func int(_ text: String) -> Int? { DecimalText.int(Array(text.utf8)[...]) }
        func double(_ text: String) -> Double { DecimalText.double(Array(text.utf8)[...]) }
        #expect(int("0") == 0)
        #expect(int("-12") == -12)
        #expect(int("999999999999999999") == 999_999_999_999_999_999)
        #expect(int("9999999999999999999") == nil)
        #expect(int("1.0") == nil)
        #expect(int("-") == nil)
        #expect(int("") == nil)
        for text in ["0", "-0.5", "0.1", "1.999", "2.0000000000000001", "1e-3", "123456.789", "-1E2"] {
            #expect(double(text) == Double(text))
        }
        #expect(double("1e999") == .infinity)
        #expect(double("-1e999") == -.infinity)
    }
}
