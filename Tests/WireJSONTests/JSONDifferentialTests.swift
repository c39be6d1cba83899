import Foundation
import Testing
import WireJSON

@Suite("JSON against Foundation")
struct JSONDifferentialTests {
    @Test("Generated documents read the same", arguments: 0..<60 as Range<UInt64>)
    func generated(seed: UInt64) throws {
        var documents = Documents(seed: seed)
        for _ in 0..<10 {
            let tree = documents.object()
            let spelled = documents.spelling(of: tree)
            let ours = try JSONValue(parsing: spelled)
            #expect(ours == tree)
            #expect(same(ours, try foundation(spelled)))
            #expect(same(ours, try foundation(ours.bytes)))
            #expect(try JSONValue(parsing: ours.bytes) == tree)
        }
    }

    @Test("What we accept, Foundation accepts", arguments: 0..<40 as Range<UInt64>)
    func damaged(seed: UInt64) throws {
        var documents = Documents(seed: seed &+ 5000)
        let tree = documents.object(depth: 3)
        let original = tree.bytes
        for _ in 0..<50 {
            var bytes = original
            let index = documents.random.below(bytes.count)
            bytes[index] = documents.random.pick(utf8("{}[]\",:\\0-.t ")) ?? 0
            if let ours = try? JSONValue(parsing: bytes) {
                #expect(same(ours, try foundation(bytes)))
            }
        }
    }

    private func foundation(_ bytes: [UInt8]) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }

    private func same(_ ours: JSONValue, _ theirs: Any) -> Bool {
        switch ours {
        case .null:
            return theirs is NSNull
        case .bool(let value):
            return (theirs as? Bool) == value
        case .number(let number):
            guard let theirs = theirs as? NSNumber else { return false }
            if let int = Int(number.text) { return theirs.intValue == int }
            guard let double = number.double else { return true }
            // Foundation may read large decimals one unit in the last place off.
            return abs(double - theirs.doubleValue) <= abs(double) * 1e-15
        case .string(let text):
            return (theirs as? String).map { Array($0.utf8) == Array(text.utf8) } ?? false
        case .array(let elements):
            guard let theirs = theirs as? [Any], theirs.count == elements.count else { return false }
            return zip(elements, theirs).allSatisfy { same($0, $1) }
        case .object(let object):
            guard let theirs = theirs as? [String: Any], theirs.count == object.count else { return false }
            return object.allSatisfy { key, value in theirs[key].map { same(value, $0) } ?? false }
        }
    }
}
