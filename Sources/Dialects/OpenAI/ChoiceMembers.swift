/// The members of one choice of a chunk or a whole answer, found on the tape.
struct ChoiceMembers {
    let entry: Int
    private(set) var index: Int?
    private(set) var delta: Int?
    private(set) var message: Int?
    private(set) var text: Int?
    private(set) var logprobs: Int?
    private(set) var finishReason: Int?
    private(set) var error: Int?

    init(_ entry: Int, on tape: AnswerTape) {
        self.entry = entry
        for child in tape.children(of: entry) {
            switch tape[child].key {
            case .index: index = child
            case .delta: delta = child
            case .message: message = child
            case .text: text = child
            case .logprobs: logprobs = child
            case .finishReason: finishReason = child
            case .error: error = child
            default: break
            }
        }
    }
}
