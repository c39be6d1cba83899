/// Random damage to a byte text, for fuzz tests of parsers.
enum Mutation {
    /// Fragments that parsers of JSON and event streams tend to trip over.
    private static let fragments: [[UInt8]] = [
        "null", "true", "-0", "1e999", "99999999999999999999", "\"\"", "[]", "{}", "[[", "}}", ",", ":", "\\u0000",
        "\\ud800", "\u{FEFF}", "\"model\":", "\n", "\r\n\r\n", "data: ", "[DONE]", "\"a\":1,\"a\":2", "0.5", "-1",
    ].map { Array($0.utf8) }

    /// `bytes` after one to `most` random edits: flipped, removed, doubled, inserted, cut.
    static func of(_ bytes: [UInt8], most: Int = 4, using generator: inout SplitMix64) -> [UInt8] {
        var damaged = bytes
        for _ in 0...generator.below(most) {
            edit(&damaged, using: &generator)
        }
        return damaged
    }

    private static func edit(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
        let position = generator.below(bytes.count)
        let end = min(bytes.count, position + 1 + generator.below(12))
        switch generator.below(6) {
        case 0 where !bytes.isEmpty: bytes[position] = UInt8(truncatingIfNeeded: generator.next())
        case 1 where !bytes.isEmpty: bytes.removeSubrange(position..<end)
        case 2 where !bytes.isEmpty: bytes.insert(contentsOf: Array(bytes[position..<end]), at: end)
        case 3 where !bytes.isEmpty && generator.chance(1, in: 4): bytes.removeSubrange(position...)
        case 4 where !bytes.isEmpty: bytes.replaceSubrange(position..<end, with: generator.pick(fragments) ?? [])
        default: bytes.insert(contentsOf: generator.pick(fragments) ?? [], at: position)
        }
    }
}
