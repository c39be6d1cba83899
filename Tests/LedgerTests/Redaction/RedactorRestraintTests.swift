import Ledger
import Testing

/// What looks like a secret and is none stays as it is.
@Suite struct RedactorRestraintTests {
    @Test(arguments: [
        // Names.
        "sk-learn and sk-estimator-pipeline-classifier", "class=\"sk-cube-grid-animation\"", "task-force, risk-averse",
        "gpt-4o-2024-08-06", "claude-sonnet-4-5-20250929", "claude-3-5-sonnet-20241022", "gemini-2.0-flash-001",
        "pplx-7b-online", "llama-3.1-sonar-large-128k-online", "text-embedding-3-large", "xai-grok", "gsk_help",
        "hf_hub",
        "ghp_", "AKIA", "AKIAshort", "npm_config_registry", "xoxo-hugs", "AIzawa Keiko", "mk-abcdefghijklmnop",
        "glpat-", "r8_ten", "eyJ", "eyJhbGciOiJIUzI1NiJ9", "eyJ.eyJ.eyJ", "the bearer of good news today",
        "Bearer tokens are tokens", "Bearer internationalization",
        // Addresses that are none.
        "user@localhost", "@decorator(x)", "pkg@1.2.3", "a @ b.com", "me@", "@", "x@y.1z", "foo@bar.c",
        // Numbers that are others.
        "order 20260101123", "order 4111111111111112", "pedido 12345678900", "nota 11.222.333/0001-82",
        "529.982.247-26", "111.111.111-11", "00000000000", "00.000.000/0000-00", "0000 0000 0000 0000",
        "1763738400", "1763738400123", "1763738400123456", "1763738400123456789", "2026-11-21T15:30:00.123+00:00",
        "2026-11-21 15:30:00", "192.168.100.200", "10.0.0.1:8080", "123.456.789.09", "v1.22.333", "1,234,567.89",
        "3.14159265358979", "0.52998224725", "x52998224725", "52998224725x", "52998224725_1", "98765-4321",
        "1134567890", "pages 11 2019-2023", "+0123456789", "1+23456789", "C++20260101", "a = +12345678.90",
        "550e8400-e29b-41d4-a716-446655440000", "41111111-1111-4111-8111-111111111111",
        "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0x52998224725",
        "/usr/local/share/Documentation/Swift5/in", "https://example.com/a/b/c?d=e#f", "--- a/file +++ b/file",
        "-----BEGIN CERTIFICATE----- starts such a file", "-----BEGIN-----", "----- BEGIN X -----",
        "(12) apples and (345) pears", "(11) 2-3", "f(11)", "100% of 50-60", "[card]", "[api key]", "", " ", "\\",
        "\\u",
        "\\u00e", "é", "日本語のテキスト", "🐦🐦🐦",
    ])
    func staysAsItIs(text: String) {
        let redactor = Redactor()
        #expect(redactor.redact(text) == text)
        #expect(redactor.redact("in “\(text)” and after") == "in “\(text)” and after")
    }

    @Test func proseStaysAsItIs() {
        let prose = """
            In 2024, the team shipped v1.2.3 (build 20241121.4) to 12,345 users; 98.7% of 1,000,000 requests took \
            under 20 ms. Room 11-204, 3rd floor. ISBN 978-3-16-148410-0. RFC 9110 section 15.5.2. At 10:30-11:45 on \
            21/11/2024 R$ 1.234.567,89 were paid. See https://example.com/issues/5?x=1 and commit 5c3dd0b.
            """
        #expect(Redactor().redact(prose) == prose)
    }

    @Test func imagesStayAsTheyAre() {
        var random = SplitMix64(seed: 7)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let data = (0..<200_000).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        let text = "data:image/png;base64," + String(decoding: data, as: UTF8.self) + "=="
        #expect(Redactor().redact(text) == text)
    }
}
