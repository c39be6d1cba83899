/// What is masked, and what stands in its place.
enum RedactionKind: String, Sendable, Hashable, CaseIterable {
    case apiKey = "api key"
    case token
    case pem
    case email
    case phone
    case card
    case cpf
    case cnpj

    /// Only characters that need no escape in JSON, and that no matcher takes for a part of anything: redacting twice
    /// changes nothing more.
    var label: String { "[\(rawValue)]" }
}

/// Where something was found.
struct RedactionMatch: Sendable, Hashable {
    let range: Range<Int>
    let kind: RedactionKind
}
