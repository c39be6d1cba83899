import WireJSON

/// The members of one chunk, found on the tape.
struct ChunkMembers {
    private(set) var id: Int?
    private(set) var object: Int?
    private(set) var created: Int?
    private(set) var model: Int?
    private(set) var choices: Int?
    private(set) var usage: Int?
    private(set) var error: Int?
    private(set) var xGroq: Int?
    private(set) var obfuscation: Int?
    private(set) var systemFingerprint: Int?
    private(set) var serviceTier: Int?
    /// Whether there are members no client should see (Groq's).
    private(set) var hasForeign = false

    init(_ tape: AnswerTape) {
        for child in tape.children(of: 0) {
            switch tape[child].key {
            case .id: id = child
            case .object: object = child
            case .created: created = child
            case .model: model = child
            case .choices: choices = tape[child].kind == .array ? child : nil
            case .usage: usage = child
            case .error: error = child
            case .xGroq: (xGroq, hasForeign) = (child, true)
            case .obfuscation: obfuscation = tape[child].kind == .string ? child : nil
            case .systemFingerprint: systemFingerprint = child
            case .serviceTier: serviceTier = child
            case .usageBreakdown: hasForeign = true
            default: break
            }
        }
    }

    /// Members of Groq's that are no part of OpenAI's format (contracts, section 2.3).
    static func isForeign(_ key: AnswerKey) -> Bool { key == .xGroq || key == .usageBreakdown }
}
