import WireJSON

/// What the fake model says, in no dialect's terms.
struct Reply: Sendable {
    /// OpenAI's finish reasons, which every dialect maps to its own.
    enum Finish: String, Sendable, Hashable {
        case stop
        case length
        case toolCalls = "tool_calls"
        case contentFilter = "content_filter"
    }

    struct Call: Sendable, Hashable {
        var name: String
        var arguments: JSONValue
    }

    struct Choice: Sendable {
        /// The text as it is streamed, piece by piece.
        var pieces: [String] = []
        var calls: [Call] = []
        var finish = Finish.stop
        /// The stop string that ended the text.
        var stopSequence: String?
        var refusal: String?

        var text: String { pieces.joined() }
    }

    /// Prompt numbers include cached tokens, completion numbers include reasoning: OpenAI's way of counting.
    struct Usage: Sendable, Hashable {
        var prompt: Int
        var completion: Int
        var cached: Int
        var reasoning: Int
        var total: Int { prompt &+ completion }
    }

    var thoughts: [String] = []
    var choices: [Choice] = [Choice()]
    var usage: Usage

    var first: Choice { choices.first ?? Choice() }
}

/// Tokens as this server counts them: four bytes make one.
enum FakeTokens {
    static func count(bytes: Int) -> Int { bytes <= 0 ? 0 : (bytes - 1) / 4 + 1 }
}
