import Identity
import Testing

@Suite struct ModelAllowListTests {
    @Test(
        arguments: [
            ([], "anything", true),
            (["*"], "", true),
            (["gpt-4o"], "gpt-4o", true),
            (["gpt-4o"], "gpt-4o-mini", false),
            (["gpt-*"], "gpt-4o", true),
            (["gpt-*"], "gpt-", true),
            (["gpt-*"], "gpt", false),
            (["*-mini"], "gpt-4o-mini", true),
            (["*-mini"], "mini", false),
            (["a*a"], "a", false),
            (["a*a"], "aa", true),
            (["openai/*/x"], "openai/gpt/x", true),
            (["openai/*/x"], "openai/x", false),
            (["a**b"], "ab", true),
            (["*b*"], "abc", true),
            (["*b*"], "ac", false),
            (["*ab*ab*"], "ab-b", false),
            (["*ab*ab*"], "xabyabz", true),
            (["claude-*", "gpt-4o"], "gpt-4o", true),
            (["claude-*", "gpt-4o"], "gpt-4", false),
            (["GPT-*"], "gpt-4", false),
        ] as [([String], String, Bool)])
    func matches(patterns: [String], model: String, expected: Bool) {
        #expect(ModelAllowList(patterns).allows(model) == expected)
    }

    /// Against the textbook definition by recursion.
    @Test func agreesWithTheDefinition() {
        var random = SplitMix64(seed: 5)
        for _ in 0..<20_000 {
            let pattern = [UInt8].random(count: Int.random(in: 1...6, using: &random), from: "ab*", using: &random)
            let text = [UInt8].random(count: Int.random(in: 0...8, using: &random), from: "ab", using: &random)
            let allowed = ModelAllowList([String(decoding: pattern, as: UTF8.self)])
                .allows(String(decoding: text, as: UTF8.self))
            #expect(allowed == Self.matches(pattern[...], text[...]), "\(pattern) \(text)")
        }
    }

    @Test func evilPatternsStayFast() {
        let list = ModelAllowList([String(repeating: "*a", count: 100) + "*b"])
        #expect(!list.allows(String(repeating: "a", count: 2000)))
    }

    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "*") {
            return matches(pattern.dropFirst(), text) || (!text.isEmpty && matches(pattern, text.dropFirst()))
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }
}
