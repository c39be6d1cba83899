/// Who answers behind a base URL: services of OpenAI's family differ in what they reject.
enum OpenAIService {
    case openai
    case azure
    case groq
    case openrouter
    case ollama
    /// vLLM, llama.cpp, proxies, the demo provider: anything that says it is compatible.
    case other

    init(kind: ProviderKind, baseURL: String) {
        switch kind {
        case .groq: self = .groq
        case .openrouter: self = .openrouter
        default:
            let host = Self.host(of: Array(baseURL.utf8))
            if Self.isAzure(host) {
                self = .azure
            } else if kind == .openai {
                self = .openai
            } else if host.hasSuffix(":11434") || StaticString("ollama.com").equals(host) {
                self = .ollama
            } else {
                self = .other
            }
        }
    }

    /// OpenAI's own models behind OpenAI's own rules.
    var isOpenAI: Bool { self == .openai || self == .azure }

    /// Host and port. Bytes, because this runs once per request and URLs need no Unicode.
    private static func host(of url: [UInt8]) -> ArraySlice<UInt8> {
        var rest = url[...]
        let slash = UInt8(ascii: "/")
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")), rest[colon...].dropFirst().prefix(2) == [slash, slash] {
            rest = rest[colon...].dropFirst(3)
        }
        return rest.prefix { $0 != slash && $0 != UInt8(ascii: "?") }
    }

    /// Azure OpenAI and Azure AI Foundry, which take keys in a header of their own.
    private static func isAzure(_ host: ArraySlice<UInt8>) -> Bool {
        let name = host.prefix { $0 != UInt8(ascii: ":") }
        return name.hasSuffix(".openai.azure.com") || name.hasSuffix(".services.ai.azure.com")
            || name.hasSuffix(".cognitiveservices.azure.com") || name.hasSuffix(".openai.azure.us")
    }
}

extension ArraySlice<UInt8> {
    fileprivate func hasSuffix(_ text: StaticString) -> Bool {
        text.equals(suffix(text.utf8CodeUnitCount))
    }
}
