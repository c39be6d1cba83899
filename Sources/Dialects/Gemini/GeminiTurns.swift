import WireJSON

/// The `contents` of a request: neighbours of one role are merged, and the results of one turn's calls
/// come together, in the order of the calls (models without call ids match them by position).
struct GeminiTurns {
    private var turns: [(role: String, parts: [JSONValue])] = []
    private var results: [(position: Int, part: JSONValue)] = []
    private var attachments: [JSONValue] = []

    mutating func add(_ role: String, _ parts: [JSONValue]) {
        flushResults()
        append(role, parts)
    }

    /// The result of one call; `files` follow after all results of the turn.
    mutating func addResult(_ part: JSONValue, position: Int, files: [JSONValue]) {
        results.append((position, part))
        attachments += files
    }

    mutating func contents() -> [JSONValue] {
        flushResults()
        if let first = turns.first, first.role == "model", needsOpening {
            turns.insert(("user", [["text": ""]]), at: 0)
        }
        return turns.map { GeminiRequest.content($0.role, $0.parts) }
    }

    /// A function call must follow a user's turn, and there has to be one user's turn at all.
    private var needsOpening: Bool {
        guard let first = turns.first else { return false }
        return first.parts.contains { $0["functionCall"] != nil } || !turns.contains { $0.role == "user" }
    }

    private mutating func flushResults() {
        guard !results.isEmpty else { return }
        var parts: [JSONValue] = []
        // Stable by construction: equal positions (the same id answered twice) keep their order.
        for (_, result) in results.enumerated().sorted(by: {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }) {
            parts.append(result.part)
        }
        parts += attachments
        results = []
        attachments = []
        append("user", parts)
    }

    private mutating func append(_ role: String, _ parts: [JSONValue]) {
        guard !parts.isEmpty else { return }
        if let last = turns.indices.last, turns[last].role == role {
            turns[last].parts += parts
        } else {
            turns.append((role, parts))
        }
    }
}
