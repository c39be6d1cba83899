import WireJSON

extension AnthropicRequest {
    /// The conversation; leading instructions, and those that have no place in it, go to ``system``.
    mutating func messages() throws(WireError) -> [AnthropicTurn] {
        var turns = AnthropicTurns()
        var hasBegun = false
        for (index, message) in chat.messages.enumerated() {
            switch message.role {
            case .system, .developer:
                let blocks = try blocks(of: message, at: index)
                if hasBegun, target.capabilities.midConversationSystem == true {
                    turns.addInstructions(blocks)
                } else {
                    system += blocks
                }
                continue
            case .user: turns.addUser(try blocks(of: message, at: index))
            case .assistant: try addAssistant(message, at: index, to: &turns)
            case .tool, .function:
                let control = message.parts.compactMap(\.cacheControl).last
                let blocks = try blocks(of: message, at: index)
                try turns.addResult(
                    message.toolCallID ?? "", blocks, cacheControl: control,
                    path: "messages[\(index)].tool_call_id")
            }
            hasBegun = true
        }
        try turns.close(allowsPrefill: allowsPrefill)
        system += turns.homeless
        recallThoughts(&turns)
        if chat.responseFormat == .jsonObject, let block = AnthropicBlock(text: "Answer with one JSON object only.") {
            system.append(block)
        }
        return turns.turns.isEmpty ? [try lonelyInstructions()] : turns.turns
    }

    /// An answer that must follow a schema, and one that starts with thinking, cannot be continued.
    private var allowsPrefill: Bool {
        guard target.capabilities.assistantPrefill == true, !thinking.isOn else { return false }
        if case .jsonSchema? = chat.responseFormat { return false }
        return true
    }

    /// At least one message is required: instructions alone become it.
    private mutating func lonelyInstructions() throws(WireError) -> AnthropicTurn {
        guard !system.isEmpty else {
            throw .invalidRequest(
                "Invalid 'messages': at least one message with content is required.", param: "messages",
                code: "invalid_value")
        }
        let turn = AnthropicTurn(role: .user, blocks: system)
        system = []
        return turn
    }

    // MARK: Messages

    private mutating func blocks(of message: ChatMessage, at index: Int) throws(WireError) -> [AnthropicBlock] {
        let isResult = message.role == .tool || message.role == .function
        var blocks: [AnthropicBlock] = []
        blocks.reserveCapacity(message.parts.count)
        for (position, part) in message.parts.enumerated() {
            var block: JSONObject
            let cacheControl = isResult ? nil : part.cacheControl
            switch part {
            case .text(let text, _):
                promptBytes += text.utf8.count
                if let block = AnthropicBlock(text: text, cacheControl: cacheControl) { blocks.append(block) }
                continue
            case .image(let image, _):
                block = try AnthropicMedia.image(image, path: "messages[\(index)].content[\(position)]")
            case .file(let file, _):
                block = try AnthropicMedia.file(file, path: "messages[\(index)].content[\(position)]")
            case .audio:
                throw .invalidRequest(
                    "This model does not take audio.", param: "messages[\(index)].content[\(position)].input_audio",
                    code: "unsupported_value")
            }
            if let cacheControl { block.append("cache_control", cacheControl) }
            blocks.append(.object(block))
        }
        return blocks
    }

    private mutating func addAssistant(
        _ message: ChatMessage, at index: Int, to turns: inout AnthropicTurns
    ) throws(WireError) {
        var blocks = try blocks(of: message, at: index)
        if blocks.isEmpty, let refusal = message.refusal, let block = AnthropicBlock(text: refusal) {
            blocks.append(block)
        }
        try turns.addAssistant(blocks, calls: message.toolCalls, at: index) { call, id in
            promptBytes += call.arguments.utf8.count
            return .object([
                "type": "tool_use", "id": .string(id), "name": .string(names.provider(call.name)),
                "input": .object(input(call.arguments)),
            ])
        }
    }

    /// Input must be an object; a model's broken arguments are kept as text rather than refused, since the client can
    /// do nothing about them any more.
    private mutating func input(_ arguments: String) -> JSONObject {
        if AnthropicBlock.isBlank(arguments) { return [:] }
        return nested.parse(arguments)?.objectValue ?? ["_raw": .string(arguments)]
    }

    // MARK: Thinking

    /// Puts remembered thinking back into the turns it belongs to, or stops thinking where a running loop's is lost.
    private mutating func recallThoughts(_ turns: inout AnthropicTurns) {
        guard thinking.keepsBlocks else { return }
        var recalled: [Int: [AnthropicBlock]] = [:]
        // The latest first: those of a running loop are the ones that must not be missing.
        for (index, turn) in turns.turns.enumerated().reversed() where !turn.firstCalls.isEmpty {
            let payloads = turn.firstCalls.compactMap { AnthropicThoughts.blocks(of: remembered.recall($0)) }
            if payloads.count == turn.firstCalls.count { recalled[index] = payloads.flatMap { $0 } }
        }
        if thinking.isOn, turns.runningLoop.contains(where: { recalled[$0] == nil }) { thinking.turnOff() }
        guard thinking.keepsBlocks else { return }
        for (index, blocks) in recalled { turns.attach(blocks, to: index) }
    }
}

extension ChatPart {
    /// The client's wish to cache the prompt up to here.
    fileprivate var cacheControl: JSONValue? {
        switch self {
        case .text(_, let control), .image(_, let control), .file(_, let control): control
        case .audio: nil
        }
    }
}
