import WireJSON

/// The top-level members of a request that decide how much it may use.
enum PromptMember {
    case messages, prompt, input
    /// Read by the model as text, whatever its shape.
    case text
    case n, bestOf, maxTokens, maxCompletionTokens

    /// nil for all others. The bytes are those that were scanned.
    init?(_ member: JSONMembers.Member, in body: [UInt8]) {
        let range = member.name.clamped(to: body.indices)
        // No name of interest is longer, and short ones need no allocation.
        guard member.nameIsEscaped || range.count <= 21 else { return nil }
        let name =
            member.nameIsEscaped
            ? JSONSlice.name(of: member, in: body) : String(decoding: body[range], as: UTF8.self)
        switch name {
        case "messages": self = .messages
        case "prompt": self = .prompt
        case "input": self = .input
        case "tools", "functions", "response_format", "suffix": self = .text
        case "n": self = .n
        case "best_of": self = .bestOf
        case "max_tokens": self = .maxTokens
        case "max_completion_tokens": self = .maxCompletionTokens
        default: return nil
        }
    }
}
