import WireJSON

/// What the delta of one choice holds and what of it must change before a client may see it.
struct DeltaReading {
    /// Something to show: text, reasoning, a tool call, anything that is not empty.
    private(set) var isReal = false
    /// `"role":"assistant"`.
    private(set) var hasRole = false
    /// Any role member at all.
    private(set) var role: Int?
    private(set) var content: Int?
    /// Members to rename, to drop or to rewrite, apart from a repeated role.
    private(set) var mustChange = false
    /// Bytes of text a client gets to see.
    private(set) var shownBytes = 0
    private(set) var reasoning: Int?
    private(set) var reasoningContent: Int?
    private(set) var reasoningDetails: Int?
    private(set) var toolCalls: Int?
    /// The one text in it, if it holds one text and nothing else.
    private(set) var soleText: Int?

    init(_ delta: Int, on tape: AnswerTape, in data: [UInt8]) {
        var filled = 0
        for child in tape.children(of: delta) {
            let entry = tape[child]
            switch entry.key {
            case .role:
                role = child
                hasRole = entry.spells("assistant", in: data)
                if !hasRole { mustChange = true }
                continue
            case .channel:
                mustChange = true
                continue
            case .reasoning:
                (reasoning, mustChange) = (child, true)
            case .reasoningContent:
                reasoningContent = child
                shownBytes &+= entry.textBytes(in: data)
            case .content:
                content = child
                shownBytes &+= entry.textBytes(in: data)
            case .refusal: shownBytes &+= entry.textBytes(in: data)
            case .toolCalls:
                toolCalls = child
                continue
            case .reasoningDetails: reasoningDetails = child
            default: break
            }
            if entry.isHollow { continue }
            filled &+= 1
            soleText = Self.isText(entry.key) ? child : nil
        }
        isReal = filled > 0
        if filled != 1 { soleText = nil }
        if let reasoning, showsReasoning(on: tape) { shownBytes &+= tape[reasoning].textBytes(in: data) }
    }

    private static func isText(_ key: AnswerKey) -> Bool {
        switch key {
        case .content, .refusal, .reasoning, .reasoningContent: true
        default: false
        }
    }

    /// Whether `reasoning` is the member that carries the thinking, and not a repetition of `reasoning_content`.
    func showsReasoning(on tape: AnswerTape) -> Bool {
        guard let reasoning, tape[reasoning].isText else { return false }
        return reasoningContent.map { tape[$0].isHollow } ?? true
    }
}
