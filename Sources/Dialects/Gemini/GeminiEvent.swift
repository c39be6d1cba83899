/// One thing a candidate says, as far as OpenAI's format can show it.
enum GeminiEvent: Equatable {
    case text(String)
    case reasoning(String)
    case call(ChatToolCall)
}
