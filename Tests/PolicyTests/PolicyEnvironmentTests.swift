import Foundation
import Policy
import Testing

@Suite("Providers from the environment")
struct PolicyEnvironmentTests {
    private func snapshot(_ environment: [String: String], _ yaml: String? = nil) throws -> PolicySnapshot {
        if let yaml { return try load(yaml, environment: environment) }
        return try PolicySnapshot(files: [], environment: environment)
    }

    private func upstream(_ snapshot: PolicySnapshot, _ name: String) -> String? {
        snapshot.model(for: name)?.targets.first.map { "\($0.provider) \($0.upstreamModel(for: name))" }
    }

    @Test(
        "Each variable enables its provider",
        arguments: [
            ("OPENAI_API_KEY", "openai"), ("ANTHROPIC_API_KEY", "anthropic"), ("GEMINI_API_KEY", "gemini"),
            ("GROQ_API_KEY", "groq"),
            ("OPENROUTER_API_KEY", "openrouter"),
        ])
    func enabled(variable: String, name: String) throws {
        let snapshot = try snapshot([variable: "key\n"])
        let provider = try #require(snapshot.providers[name])
        #expect(snapshot.providers.count == 1)
        #expect("\(provider.kind)" == name)
        #expect(provider.apiKeys == [.value("key")])
        #expect(provider.baseURL.hasPrefix("https://"))
        #expect(upstream(snapshot, name + "/vendor/model") == name + " vendor/model")
        #expect(snapshot.model(for: "demo") == nil)
    }

    @Test(
        "Well-known names need no prefix",
        arguments: [
            ("gpt-4o", "openai"), ("o1", "openai"), ("o3-mini", "openai"), ("o4-mini", "openai"),
            ("text-embedding-3-small", "openai"),
            ("chatgpt-4o-latest", "openai"), ("claude-sonnet-4-5", "anthropic"), ("gemini-2.5-flash", "gemini"),
        ])
    func names(model: String, provider: String) throws {
        let all = [
            "OPENAI_API_KEY": "a", "ANTHROPIC_API_KEY": "b", "GEMINI_API_KEY": "c", "GROQ_API_KEY": "d",
            "OPENROUTER_API_KEY": "e",
        ]
        let snapshot = try snapshot(all)
        #expect(upstream(snapshot, model) == "\(provider) \(model)")
        #expect(upstream(snapshot, "\(provider)/\(model)") == "\(provider) \(model)")
        #expect(upstream(snapshot, "openrouter/anthropic/claude-3") == "openrouter anthropic/claude-3")
        #expect(upstream(snapshot, "groq/llama-3.3-70b-versatile") == "groq llama-3.3-70b-versatile")
        #expect(upstream(snapshot, "llama-3.3-70b-versatile") == nil)
    }

    @Test("A policy's own provider or model wins")
    func overridden() throws {
        let yaml =
            "providers: {openai: {kind: openai, base_url: \"https://mine.example\"}}\nmodels: {m: {targets: [{provider: openai}]}}"
        let own = try snapshot(["OPENAI_API_KEY": "key"], yaml)
        #expect(own.providers["openai"]?.baseURL == "https://mine.example")
        #expect(own.model(for: "gpt-4o") == nil)
        let model = try snapshot(
            ["OPENAI_API_KEY": "key"], "providers: {d: {kind: demo}}\nmodels: {\"gpt-*\": {targets: [{provider: d}]}}")
        #expect(upstream(model, "gpt-4o") == "d gpt-4o")
        #expect(upstream(model, "o1") == "openai o1")
    }

    @Test("A policy may refer to a provider that the environment enables")
    func referred() throws {
        let yaml = "models: {smart: {targets: [{provider: openai, model: gpt-4o}]}}"
        #expect(upstream(try snapshot(["OPENAI_API_KEY": "key"], yaml), "smart") == "openai gpt-4o")
        #expect(complaints(yaml).count == 1)
    }

    @Test("Without any provider the demo answers")
    func demo() throws {
        for environment in [[:], ["OPENAI_API_KEY": ""]] {
            let snapshot = try snapshot(environment)
            #expect(Array(snapshot.providers.keys) == ["demo"])
            #expect(upstream(snapshot, "demo") == "demo demo")
            #expect(snapshot.model(for: "gpt-4o") == nil)
            #expect(snapshot.plan(forTenant: "any").allows(model: "demo"))
        }
        let keyless = try snapshot([:], "providers: {a: {kind: openai, api_key: env:NONE}}")
        #expect(upstream(keyless, "demo") == "demo demo")
    }

    @Test("A variable that holds no key is an error")
    func noKey() {
        #expect(
            complaints([], environment: ["OPENAI_API_KEY": "a b"]) == [
                "environment: OPENAI_API_KEY: the variable does not hold one key"
            ])
    }

    @Test("The shipped example is valid without any key, and with all of them")
    func example() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let bytes = try Data(contentsOf: root.appending(path: "policies/example.yaml"))
        let file = PolicyFile(name: "example.yaml", bytes: [UInt8](bytes))
        let snapshot = try PolicySnapshot(files: [file], environment: [:])
        #expect(snapshot.warnings.isEmpty)
        #expect(upstream(snapshot, "demo") == "demo demo")
        #expect(snapshot.plan(forTenant: "any").name == "standard")
        #expect(snapshot.plan(forTenant: "any").allows(model: "demo"))
        let keys = try PolicySnapshot(files: [file], environment: ["OPENAI_API_KEY": "a", "GROQ_API_KEY": "b"])
        #expect(upstream(keys, "gpt-4o") == "openai gpt-4o")
        #expect(upstream(keys, "demo") == "demo demo")
        // What is commented out must be right, too.
        let text = String(decoding: bytes, as: UTF8.self)
        let uncommented = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("  # ") ? "  " + line.dropFirst(4) : String(line)
        }.filter { !$0.hasPrefix("  Tenants") }.joined(separator: "\n").replacing("tenants: {}", with: "tenants:")
        let full = try PolicySnapshot(
            files: [PolicyFile(name: "full.yaml", bytes: Array(uncommented.utf8))],
            environment: ["OPENAI_API_KEY": "a", "ANTHROPIC_API_KEY": "b"], isTimezone: { $0 == "America/Fortaleza" })
        #expect(Set(full.providers.keys) == ["demo", "openai", "anthropic", "ollama", "automation"])
        #expect(Set(full.models.keys) == ["demo", "smart", "gpt-*", "flow"])
        #expect(full.tenants["acme"]?.plan == "standard")
    }
}
