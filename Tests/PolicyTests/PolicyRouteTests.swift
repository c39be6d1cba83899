import Testing

@testable import Policy

@Suite("Models by name")
struct PolicyRouteTests {
    private func snapshot() throws -> PolicySnapshot {
        try load(
            """
            providers: {d: {kind: demo}}
            models:
              "*": {targets: [{provider: d, model: any}]}
              "gpt-*": {targets: [{provider: d}]}
              "gpt-4*": {targets: [{provider: d, model: four}]}
              "gpt-*-mini": {targets: [{provider: d, model: mini}]}
              "gpt-4o": {targets: [{provider: d, model: exact}]}
              "*-vision": {targets: [{provider: d, model: vision}]}
            """)
    }

    @Test(
        "The exact name first, then the longest literal beginning",
        arguments: [
            ("gpt-4o", "gpt-4o", "exact"), ("gpt-4o-mini", "gpt-4*", "four"), ("gpt-4", "gpt-4*", "four"),
            ("gpt-5", "gpt-*", "gpt-5"),
            ("gpt-", "gpt-*", "gpt-"), ("claude", "*", "any"), ("", "*", "any"), ("GPT-4o", "*", "any"),
            ("gpt-*", "gpt-*", "gpt-*"),
        ])
    func resolution(name: String, model: String, upstream: String) throws {
        let found = try #require(try snapshot().model(for: name))
        #expect(found.name == model)
        #expect(found.targets.first?.upstreamModel(for: name) == upstream)
    }

    @Test(
        "Of equal beginnings, the pattern with more letters wins",
        arguments: [("gpt-5-mini", "gpt-*-mini"), ("my-vision", "*-vision")])
    func specific(name: String, model: String) throws {
        #expect(try snapshot().model(for: name)?.name == model)
    }

    @Test("Nothing matches")
    func unknown() throws {
        let snapshot = try load(
            "providers: {d: {kind: demo}}\nmodels: {a: {targets: [{provider: d}]}, \"b*c\": {targets: [{provider: d}]}}"
        )
        #expect(snapshot.model(for: "a")?.name == "a")
        #expect(snapshot.model(for: "bc")?.name == "b*c")
        #expect(snapshot.model(for: "b") == nil)
        #expect(snapshot.model(for: "ab") == nil)
        #expect(snapshot.model(for: "") == nil)
    }

    @Test(
        "Patterns",
        arguments: [
            ("*", "", true), ("*", "x", true), ("a*", "a", true), ("a*", "b", false), ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*b*c", "abc", true), ("a*b*c", "a-b-c", true), ("a*b*c", "acb", false), ("a*b*c", "abcb", false),
            ("a*a", "a", false),
            ("a*a", "aa", true), ("*x*", "axb", true), ("*x*", "ab", false), ("**", "a", true), ("é*", "éa", true),
            ("a", "a", true),
            ("a", "ab", false), ("a*bb*b", "abbb", true), ("a*bb*b", "abb", false),
        ])
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(NamePattern(pattern).matches(name) == matches)
        #expect(NamePattern(pattern).isWildcard == pattern.contains("*"))
    }

    @Test("A hostile name costs linear time")
    func hostile() {
        let pattern = NamePattern("*" + String(repeating: "a*", count: 20) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 100_000)))
    }

    @Test("Patterns agree with a simple definition", arguments: 0..<20 as Range<UInt64>)
    func property(seed: UInt64) {
        func reference(_ pattern: Substring, _ name: Substring) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            if first == "*" {
                return reference(pattern.dropFirst(), name) || (!name.isEmpty && reference(pattern, name.dropFirst()))
            }
            return name.first == first && reference(pattern.dropFirst(), name.dropFirst())
        }
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let pattern = (0..<random.below(7)).map { _ in random.pick(["a", "b", "*"]) ?? "a" }.joined()
            let name = (0..<random.below(9)).map { _ in random.pick(["a", "b"]) ?? "a" }.joined()
            #expect(NamePattern(pattern).matches(name) == reference(pattern[...], name[...]), "\(pattern) \(name)")
        }
    }
}
