import WireJSON

/// Puts the turns of a conversation together as the API wants them: neighbours of one role merged, all results of a
/// turn's calls first in the next user turn, instructions only behind a user turn.
struct AnthropicTurns {
    private struct Call {
        /// The client's id.
        var client: String
        /// The id sent: accepted by the API, and unlike all others of the conversation.
        var provider: String
        /// Where its result is, once there is one.
        var result: Int?
    }

    /// The calls of one client's id, in order. Usually there is one.
    private struct CallQueue {
        var numbers: [Int] = []
        private var answered = 0

        /// The call that the next result belongs to: the first without one, else the last.
        mutating func next() -> Int? {
            guard answered < numbers.count else { return numbers.last }
            answered += 1
            return numbers[answered - 1]
        }
    }

    private struct Result {
        /// The provider's id of the call.
        var id: String
        var blocks: [AnthropicBlock]
        var cacheControl: JSONValue?
    }

    /// Ids named in an error.
    private static let mostNamed = 8

    private(set) var turns: [AnthropicTurn] = []
    /// Instructions without a place in the conversation.
    private(set) var homeless: [AnthropicBlock] = []

    // The user turn that is being collected, and the calls it has to answer.
    private var calls: [Call] = []
    private var callsMessage = 0
    private var callsByID: [String: CallQueue] = [:]
    private var results: [Result] = []
    private var blocks: [AnthropicBlock] = []
    private var instructions: [AnthropicBlock] = []
    /// The ids sent, each with the number to try next for one that repeats it.
    private var usedIDs: [String: Int] = [:]

    mutating func addUser(_ blocks: [AnthropicBlock]) {
        self.blocks += blocks
    }

    /// Where the conversation cannot take them in place, they become ``homeless``.
    mutating func addInstructions(_ blocks: [AnthropicBlock]) {
        instructions += blocks
    }

    /// - Parameters:
    ///   - index: of the message, for errors about its calls.
    ///   - call: turns a call into its block, given the id to use.
    mutating func addAssistant(
        _ blocks: [AnthropicBlock], calls toolCalls: [ChatToolCall], at index: Int,
        call: (ChatToolCall, _ id: String) -> AnthropicBlock
    ) throws(WireError) {
        guard !blocks.isEmpty || !toolCalls.isEmpty else { return }
        let isUserOpen = !self.blocks.isEmpty || !results.isEmpty
        if isUserOpen || turns.last?.role != .assistant || !instructions.isEmpty { try closeUser() }
        var turn = AnthropicTurn(role: .assistant, blocks: blocks)
        if let first = toolCalls.first {
            turn.firstCalls = [first.id]
            callsMessage = index
        }
        for toolCall in toolCalls {
            let id = unusedID(for: toolCall.id)
            callsByID[toolCall.id, default: CallQueue()].numbers.append(calls.count)
            calls.append(Call(client: toolCall.id, provider: id))
            turn.blocks.append(call(toolCall, id))
        }
        if let last = turns.indices.last, turns[last].role == .assistant {
            turns[last].blocks += turn.blocks
            turns[last].firstCalls += turn.firstCalls
        } else {
            turns.append(turn)
        }
    }

    /// The result of one call of the last assistant turn.
    ///
    /// - Parameters:
    ///   - id: the client's.
    ///   - cacheControl: goes onto the result as a whole; inside of it nothing is cached.
    ///   - path: of the message's id, for errors.
    mutating func addResult(
        _ id: String, _ blocks: [AnthropicBlock], cacheControl: JSONValue?, path: @autoclosure () -> String
    ) throws(WireError) {
        guard let number = callsByID[id]?.next() else {
            throw .invalidRequest(
                "Invalid parameter: messages with role 'tool' must be a response to a preceding message with "
                    + "'tool_calls'; none calls '\(WireError.shortened(id))'.",
                param: path(), code: "invalid_value")
        }
        if let result = calls[number].result {
            // A second result for a call would be refused.
            results[result].blocks += blocks
            results[result].cacheControl = cacheControl ?? results[result].cacheControl
        } else {
            calls[number].result = results.count
            results.append(Result(id: calls[number].provider, blocks: blocks, cacheControl: cacheControl))
        }
    }

    /// Ends the conversation.
    ///
    /// - Parameter allowsPrefill: the model continues an assistant's turn that ends the list; otherwise it is dropped.
    mutating func close(allowsPrefill: Bool) throws(WireError) {
        try closeUser()
        while let last = turns.indices.last, turns[last].role == .assistant {
            if allowsPrefill {
                turns[last].trimEnd()
                if !turns[last].blocks.isEmpty { break }
            }
            turns.removeLast()
        }
        // The first turn must be the user's.
        if turns.first?.role == .assistant, let block = AnthropicBlock(text: ".") {
            turns.insert(AnthropicTurn(role: .user, blocks: [block]), at: 0)
        }
    }

    /// The thinking of `turn` goes in front of everything else in it.
    mutating func attach(_ thinking: [AnthropicBlock], to turn: Int) {
        turns[turn].blocks.insert(contentsOf: thinking, at: 0)
    }

    /// Indices of the assistant turns of the tool loop that is running at the end of the conversation, last first.
    var runningLoop: [Int] {
        var loop: [Int] = []
        for (index, turn) in turns.enumerated().reversed() {
            switch turn.role {
            case .system: continue
            case .assistant: loop.append(index)
            case .user:
                // What a user says next to results starts something new for the turns before.
                let isOver = turn.results == 0 || (!loop.isEmpty && turn.results < turn.blocks.count)
                if isOver { return loop }
            }
        }
        return loop
    }

    // MARK: Pieces

    private mutating func closeUser() throws(WireError) {
        let open = calls.filter { $0.result == nil }.prefix(Self.mostNamed).map { WireError.shortened($0.client) }
        guard open.isEmpty else {
            throw .invalidRequest(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                    + "'tool_call_id'. The following tool_call_ids did not have response messages: "
                    + open.joined(separator: ", "),
                param: "messages[\(callsMessage)].tool_calls", code: "invalid_value")
        }
        var content = results.map {
            AnthropicBlock.toolResult(id: $0.id, content: $0.blocks, cacheControl: $0.cacheControl)
        }
        content += blocks
        if content.isEmpty {
            homeless += instructions
        } else {
            turns.append(AnthropicTurn(role: .user, blocks: content, results: results.count))
            if !instructions.isEmpty { turns.append(AnthropicTurn(role: .system, blocks: instructions)) }
        }
        calls = []
        callsByID = [:]
        results = []
        blocks = []
        instructions = []
    }

    /// Ids are unique in a conversation; some clients count anew in every turn.
    private mutating func unusedID(for client: String) -> String {
        let id = AnthropicNames.id(client)
        var candidate = id
        while usedIDs[candidate] != nil {
            let number = usedIDs[id, default: 2]
            usedIDs[id] = number + 1
            candidate = "\(id)_\(number)"
        }
        usedIDs[candidate] = 2
        return candidate
    }
}
