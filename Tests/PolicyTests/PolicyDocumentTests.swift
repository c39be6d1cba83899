import Testing

@testable import Policy

@Suite("Reading YAML")
struct PolicyDocumentTests {
    @Test(
        "Files that are no YAML",
        arguments: [
            ("version: 1\nmodels: {", 2), ("version: 1\nmodels: [}", 2), ("a: b: c", 1), ("\t- x", 1),
            ("version: 1\n---\nversion: 1", 2),
            ("version: 1\nx: *nowhere", 2), ("version: 1\nx: \u{1}", 2), ("version: 1\nx: \"abc", 2),
        ])
    func invalid(text: String, line: Int) {
        let found = complaints([("p.yaml", text)])
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("p.yaml:") && found[0].contains("not valid YAML"), "\(found)")
        #expect(found[0].utf8.count < 200)
    }

    @Test("The same name twice in one mapping")
    func duplicateKeys() {
        let found = complaints("providers:\n  a: {kind: demo}\n  a: {kind: demo}")
        #expect(found == ["p.yaml:3: \"a\" is defined twice in one mapping"])
    }

    @Test("Bytes that are no UTF-8, and files that are too large")
    func bytes() throws {
        func complaints(_ bytes: [UInt8]) -> [String] {
            do throws(PolicyErrors) {
                _ = try PolicySnapshot(files: [PolicyFile(name: "p", bytes: bytes)], environment: [:])
                return []
            } catch {
                return error.diagnostics.map(\.description)
            }
        }
        #expect(complaints([0x61, 0xFF]) == ["p: the file is not UTF-8"])
        #expect(complaints(Array(repeating: 0x20, count: (8 << 20) + 1)) == ["p: the file is larger than 8 MiB"])
        #expect(complaints([]) == [])
        #expect(complaints(Array("# only a comment\n".utf8)) == [])
    }

    @Test("Roots that are no mapping", arguments: [("- a", "a list"), ("text", "\"text\"")])
    func roots(text: String, what: String) {
        #expect(complaints([("p.yaml", text)]) == ["p.yaml:1: a mapping is expected here, not \(what)"])
    }

    @Test("Keys that are no names")
    func keys() {
        #expect(
            complaints("providers: {[a]: {kind: demo}}") == [
                "p.yaml:2: providers: a name is expected here, not a list or a mapping"
            ])
    }

    @Test("Anchors and aliases may share values")
    func aliases() throws {
        let snapshot = try load(
            """
            providers: {d: {kind: demo}}
            models:
              a: {targets: &targets [{provider: d, model: x}]}
              b: {targets: *targets}
            """)
        #expect(snapshot.models["b"]?.targets == snapshot.models["a"]?.targets)
    }

    @Test("A small file cannot unfold into a huge one")
    func bomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 8).joined(separator: ", ") + "]\n"
        }
        #expect(complaints([("p.yaml", text)]) == ["p.yaml: the file unfolds into more than 200000 nodes"])
        #expect(complaints([("p.yaml", text + "? *a29\n: 1\n")]) == ["p.yaml: aliases are not supported in keys"])
        #expect(complaints([("p.yaml", text + "*a29 : 1\n")]) == ["p.yaml: aliases are not supported in keys"])
        #expect(complaints([("p.yaml", text + "{[*a29]: 1}: 1\n")]) == ["p.yaml: aliases are not supported in keys"])
    }

    @Test("Wildcards and addresses are not taken for aliases")
    func lookalikes() throws {
        let models = (0..<40).map { "  \"*-mini\($0)\": {targets: [{provider: d, model: \"* * *\"}]}" }.joined(
            separator: "\n")
        #expect(
            try load("providers: {d: {kind: demo, base_url: \"http://[::1]:80/\"}}\nmodels:\n" + models).models.count
                == 40)
    }

    @Test("A member without a value counts as absent")
    func nulls() throws {
        let snapshot = try load(
            """
            providers:
              d: {kind: demo, base_url: null, api_key: ~, headers: , timeouts: {connect: null}}
            models:
              m: {targets: [{provider: d, model: null}], hedge_after: null, cache: null, price: null}
            plans:
              standard:
            tenants:
            """)
        #expect(snapshot.models["m"]?.hedgeAfter == nil)
        #expect(snapshot.plans["standard"]?.limits == [])
    }

    @Test("Random damage gives complaints or a snapshot, never a trap", arguments: 0..<30 as Range<UInt64>)
    func mutations(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let original = Array(PolicyReadingTests.everything.utf8)
        for _ in 0..<20 {
            var bytes = original
            for _ in 0...random.below(4) {
                let index = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[index] = random.pick(Array("{}[]:,-*&!|>\"'#% \n\t0x".utf8)) ?? 0
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            do throws(PolicyErrors) {
                _ = try PolicySnapshot(files: [PolicyFile(name: "p", bytes: bytes)], environment: [:])
            } catch {
                #expect(!error.diagnostics.isEmpty)
            }
        }
    }
}
