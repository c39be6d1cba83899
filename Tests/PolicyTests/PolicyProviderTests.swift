import Policy
import Testing

@Suite("Providers and their keys")
struct PolicyProviderTests {
    @Test("A provider whose key is not set is left out with its models, and says so")
    func missingKey() throws {
        let snapshot = try load(
            """
            providers:
              a: {kind: openai, api_key: env:KEY_A}
              b: {kind: anthropic, api_key: [env:KEY_B, env:KEY_C]}
              d: {kind: demo}
            models:
              only-a: {targets: [{provider: a}]}
              both: {targets: [{provider: a, model: x}, {provider: d}]}
            """)
        #expect(Set(snapshot.providers.keys) == ["d"])
        #expect(Set(snapshot.models.keys) == ["both"])
        #expect(snapshot.models["both"]?.targets == [ModelTarget(provider: "d")])
        #expect(
            snapshot.warnings.map(\.description) == [
                "p.yaml:3: warning: providers.a.api_key: provider \"a\" is left out: environment variable KEY_A is not set",
                "p.yaml:4: warning: providers.b.api_key: provider \"b\" is left out: environment variable KEY_B, "
                    + "environment variable KEY_C is not set",
                "p.yaml:7: warning: models.only-a: left out: none of its providers has a key",
            ])
    }

    @Test("One of several keys is enough")
    func someKeys() throws {
        let snapshot = try load(
            "providers: {a: {kind: openai, api_key: [env:KEY_A, env:KEY_B]}}",
            environment: ["KEY_A": "", "KEY_B": " k\n"])
        #expect(snapshot.providers["a"]?.apiKeys == [.value("k")])
        #expect(snapshot.warnings.count == 1)
        #expect(
            snapshot.warnings.first?.path == "providers.a.api_key[0]"
                || snapshot.warnings.first?.path == "providers.a.api_key")
    }

    @Test("A stored key may be set later")
    func storedKey() throws {
        let snapshot = try load("providers: {a: {kind: groq, api_key: stored:groq-main}}")
        #expect(snapshot.providers["a"]?.apiKeys == [.stored(name: "groq-main")])
        #expect(snapshot.providers["a"]?.apiKeys.first?.value { _ in nil } == nil)
        #expect(snapshot.warnings.isEmpty)
    }

    @Test(
        "Base URLs",
        arguments: [
            ("https://api.example.com/v1/", "https://api.example.com/v1"), ("HTTP://h:8080", "HTTP://h:8080"),
            ("https://[2001:db8::1]:8443/x//", "https://[2001:db8::1]:8443/x"),
        ])
    func urls(text: String, expected: String) throws {
        #expect(
            try load("providers: {a: {kind: openai_compatible, base_url: \"\(text)\"}}").providers["a"]?.baseURL
                == expected)
    }

    @Test("A query stays, where the dialect can place it")
    func queries() throws {
        let azure = "https://r.openai.azure.com/openai/deployments?api-version=2024-10-21/"
        for kind in ["openai", "openai_compatible"] {
            let snapshot = try load("providers: {a: {kind: \(kind), base_url: \"\(azure)\"}}")
            #expect(snapshot.providers["a"]?.baseURL == azure)
        }
        #expect(
            complaints("providers: {a: {kind: anthropic, base_url: \"https://h.example/?a=1\"}}") == [
                "p.yaml:2: providers.a.base_url: a query is not possible here: paths are appended to this URL"
            ])
    }

    @Test(
        "No base URLs",
        arguments: [
            "", "example.com", "ftp://h", "https://", "https:///x", "https://:80", "https://h:0", "https://h:65536",
            "https://h:x",
            "https://h h", "https://[::1", "https://[]", "https://[::1]x", "https://h/#f", "https://u@h", "//h",
            "https://h/é",
        ])
    func badURLs(text: String) {
        #expect(complaints("providers: {a: {kind: openai_compatible, base_url: \"\(text)\"}}").count == 1)
    }

    @Test(
        "Private addresses are warned about",
        arguments: [
            "http://127.0.0.1:11434/v1", "http://localhost", "http://a.localhost:1", "http://10.1.2.3",
            "http://172.16.0.1",
            "http://192.168.1.1", "http://169.254.169.254", "http://100.64.0.1", "http://0.0.0.0", "http://[::1]:80",
            "http://[fd00::1]",
            "http://[fe80::1]", "http://[::ffff:10.0.0.1]", "http://[::]",
            // The same in other spellings that are read as addresses.
            "http://2130706433/", "http://0x7f.1", "http://0x7F000001", "http://017700000001", "http://127.1:80",
            "http://10.1", "http://0xa.0x1.258", "http://0300.0250.1.1", "http://127.0.0.1.", "http://localhost.",
            "http://0", "http://192.168.257", "http://0xa9fea9fe/latest",
        ])
    func privateAddresses(url: String) throws {
        let provider = "providers: {a: {kind: openai_compatible, base_url: \"\(url)\""
        let warnings = try load(provider + "}}").warnings
        #expect(warnings.map(\.path) == ["providers.a.base_url"])
        #expect(try load(provider + ", allow_private_network: true}}").warnings == [])
    }

    @Test(
        "Public addresses are not",
        arguments: [
            "https://api.openai.com", "https://172.32.0.1", "https://100.128.0.1", "https://11.0.0.1",
            "https://[2001:db8::1]",
            "https://localhost.example", "https://10.0.0.1.example", "https://1.2.3",
            "http://134744072", "http://0x8.0x8.8.8", "http://8.8", "http://0x7g.1", "http://127.0.0.1.1",
            "http://256.0.0.1", "http://10.0.0.256", "http://4294967296", "http://0889.1",
            "http://1..1",
        ])
    func publicAddresses(url: String) throws {
        #expect(try load("providers: {a: {kind: openai_compatible, base_url: \"\(url)\"}}").warnings == [])
    }

    @Test("A public provider without a key is warned about")
    func noKey() throws {
        #expect(try load("providers: {a: {kind: openai}}").warnings.map(\.path) == ["providers.a"])
        #expect(try load("providers: {a: {kind: openai, headers: {Authorization: x}}}").warnings == [])
        #expect(try load("providers: {a: {kind: openai, base_url: \"https://proxy.example\"}}").warnings == [])
        #expect(try load("providers: {a: {kind: n8n}, b: {kind: demo}}").warnings == [])
    }

    @Test(
        "Default addresses",
        arguments: [
            ("openai", "https://api.openai.com/v1"), ("anthropic", "https://api.anthropic.com"),
            ("gemini", "https://generativelanguage.googleapis.com/v1beta"), ("groq", "https://api.groq.com/openai/v1"),
            ("openrouter", "https://openrouter.ai/api/v1"), ("n8n", ""), ("demo", ""),
        ])
    func defaultURLs(kind: String, url: String) throws {
        #expect(try load("providers: {a: {kind: \(kind), api_key: stored:x}}").providers["a"]?.baseURL == url)
    }
}
