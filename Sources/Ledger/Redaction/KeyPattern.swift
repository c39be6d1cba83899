/// A credential that its issuer makes recognisable by a prefix.
struct KeyPattern {
    enum Alphabet {
        /// Letters and digits.
        case alphanumeric
        /// Capitals and digits.
        case upper
        /// Letters, digits and `_`.
        case word
        /// Letters, digits, `_` and `-`.
        case base64URL

        @inline(__always) func contains(_ byte: UInt8) -> Bool {
            switch self {
            case .alphanumeric: byte.isAlphanumeric
            case .upper: byte.isUpper || byte.isDigit
            case .word: byte.isWord
            case .base64URL: byte.isBase64URL
            }
        }
    }

    let prefix: StaticString
    let alphabet: Alphabet
    /// Bytes behind the prefix.
    let minimum: Int
    /// More than this is something else.
    var maximum = Int.max
    /// Names of things have such prefixes too (`sk-learn`): one part between hyphens must be this long.
    var longestPart = 0

    /// By the prefix's first byte. Minimums lie well below what the issuers' documentation and samples show, because
    /// lengths have changed before.
    static let all: [[KeyPattern]] = (UInt8.min...UInt8.max).map { byte in
        list.filter { $0.prefix.utf8Start[0] == byte }
    }

    private static let list: [KeyPattern] = [
        // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), DeepSeek and others.
        KeyPattern(prefix: "sk-", alphabet: .base64URL, minimum: 16, longestPart: 16),
        // Stripe.
        KeyPattern(prefix: "sk_live_", alphabet: .alphanumeric, minimum: 16),
        KeyPattern(prefix: "sk_test_", alphabet: .alphanumeric, minimum: 16),
        KeyPattern(prefix: "rk_live_", alphabet: .alphanumeric, minimum: 16),
        KeyPattern(prefix: "whsec_", alphabet: .alphanumeric, minimum: 16),
        // Google: API keys, OAuth access tokens.
        KeyPattern(prefix: "AIza", alphabet: .base64URL, minimum: 30),
        KeyPattern(prefix: "ya29.", alphabet: .base64URL, minimum: 20),
        // Groq, xAI, Perplexity, Replicate, Hugging Face.
        KeyPattern(prefix: "gsk_", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "xai-", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "pplx-", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "r8_", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "hf_", alphabet: .alphanumeric, minimum: 20),
        // GitHub (docs.github.com, "About authentication to GitHub"), GitLab, npm.
        KeyPattern(prefix: "ghp_", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "gho_", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "ghu_", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "ghs_", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "ghr_", alphabet: .alphanumeric, minimum: 20),
        KeyPattern(prefix: "github_pat_", alphabet: .word, minimum: 22),
        KeyPattern(prefix: "glpat-", alphabet: .base64URL, minimum: 20),
        KeyPattern(prefix: "npm_", alphabet: .alphanumeric, minimum: 30),
        // Slack (api.slack.com, "Token types").
        KeyPattern(prefix: "xoxa-", alphabet: .base64URL, minimum: 16),
        KeyPattern(prefix: "xoxb-", alphabet: .base64URL, minimum: 16),
        KeyPattern(prefix: "xoxe-", alphabet: .base64URL, minimum: 16),
        KeyPattern(prefix: "xoxo-", alphabet: .base64URL, minimum: 16),
        KeyPattern(prefix: "xoxp-", alphabet: .base64URL, minimum: 16),
        KeyPattern(prefix: "xoxr-", alphabet: .base64URL, minimum: 16),
        KeyPattern(prefix: "xoxs-", alphabet: .base64URL, minimum: 16),
        KeyPattern(prefix: "xapp-", alphabet: .base64URL, minimum: 16),
        // AWS access key ids (IAM User Guide, "unique ID prefixes").
        KeyPattern(prefix: "AKIA", alphabet: .upper, minimum: 16, maximum: 16),
        KeyPattern(prefix: "ASIA", alphabet: .upper, minimum: 16, maximum: 16),
    ]

    /// How far a credential is looked at before its end is sought.
    static let window = 200

    /// The end of the credential whose prefix is at `index`.
    func end(in text: ScanBytes, at index: Int) -> Int? {
        guard text.has(prefix, at: index) else { return nil }
        let start = index &+ prefix.utf8CodeUnitCount
        var end = start
        var hasDigit = false
        var part = 0
        var longest = 0
        while end &- start < Self.window, alphabet.contains(text[end]) {
            let byte = text[end]
            if byte.isDigit { hasDigit = true }
            part = byte == UInt8(ascii: "-") ? 0 : part &+ 1
            longest = max(longest, part)
            end &+= 1
        }
        guard end &- start >= minimum, hasDigit, longest >= longestPart else { return nil }
        end = text.end(from: end) { alphabet.contains($0) }
        return end &- start > maximum || text[end].isWord ? nil : end
    }
}
