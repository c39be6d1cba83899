import WireJSON

/// One message of a request: what neighbouring messages of one role became.
struct AnthropicTurn {
    enum Role {
        case user, assistant, system
    }

    var role: Role
    var blocks: [AnthropicBlock]
    /// How many of the blocks, from the first on, are tool results.
    var results = 0
    /// Of an assistant's turn: the client's id of the first call of every message in it, under which its thinking is
    /// remembered.
    var firstCalls: [String] = []

    /// Appends the message's JSON text.
    func write(to output: inout [UInt8]) {
        switch role {
        case .user: output.append("{\"role\":\"user\",\"content\":")
        case .assistant: output.append("{\"role\":\"assistant\",\"content\":")
        case .system: output.append("{\"role\":\"system\",\"content\":")
        }
        AnthropicBlock.writeContent(blocks, to: &output)
        output.append("}")
    }

    /// Takes white space off the end, which is refused in a turn that is to be continued.
    mutating func trimEnd() {
        while let last = blocks.popLast() {
            guard let trimmed = last.trimmedEnd else { continue }
            blocks.append(trimmed)
            return
        }
    }
}
