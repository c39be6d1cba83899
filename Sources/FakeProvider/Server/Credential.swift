/// Whether requests must show a key, in the header their dialect uses for it.
package enum CredentialRule: Sendable, Hashable {
    case none
    /// Any key will do.
    case present
    /// Only this key.
    case key(String)

    /// nil when the request may pass.
    func failure(for request: FakeRequest, in dialect: FakeDialect) -> FakeFailure? {
        let shown = Self.key(in: request, dialect)
        switch self {
        case .none: return nil
        case .present where shown?.isEmpty == false: return nil
        case .key(let key) where shown == key: return nil
        case .present, .key: break
        }
        let isMissing = shown?.isEmpty ?? true
        switch dialect {
        case .gemini where isMissing:
            return FakeFailure(
                kind: .permission, message: "Method doesn't allow unregistered callers. Please use API Key.")
        case .n8n: return FakeFailure(kind: isMissing ? .auth : .permission)
        case .openai where isMissing:
            return FakeFailure(kind: .auth, message: "You didn't provide an API key.")
        case .openrouter where isMissing:
            return FakeFailure(kind: .auth, message: "Missing Authentication header")
        case .anthropic where isMissing: return FakeFailure(kind: .auth, message: "x-api-key header is required")
        default: return FakeFailure(kind: .auth)
        }
    }

    /// The key as the dialect's clients send it.
    private static func key(in request: FakeRequest, _ dialect: FakeDialect) -> String? {
        let headers = request.headers
        switch dialect {
        case .azure: return headers.first("api-key") ?? bearer(headers)
        case .anthropic: return headers.first("x-api-key") ?? bearer(headers)
        case .gemini: return headers.first("x-goog-api-key") ?? request.parameter("key")
        // A webhook's header is chosen by whoever built the workflow; a Basic credential is compared as sent.
        case .n8n: return bearer(headers) ?? headers.first("authorization") ?? headers.first("x-api-key")
        case .openai, .groq, .openrouter, .ollama: return bearer(headers)
        }
    }

    private static func bearer(_ headers: [FakeHeader]) -> String? {
        guard let value = headers.first("authorization"), value.lowercased().hasPrefix("bearer ") else { return nil }
        return DemoText.trimmed(String(value.dropFirst(7)))
    }
}
