import WireJSON

/// The message of a choice: role, content, reasoning, tool calls.
extension AnswerRelay {
    /// Edits one message; whether it calls tools.
    mutating func editMessage(_ message: Int, choice: Int, in body: [UInt8]) -> Bool {
        let reading = DeltaReading(message, on: tape, in: body)
        shownBytes &+= reading.shownBytes
        var missing = MemberList()
        if !reading.hasRole {
            set(reading.role, "role", Array("\"assistant\"".utf8), &missing)
        }
        if reading.content == nil { missing.add("content", Array("null".utf8)) }
        let calls = reading.toolCalls.map { readCalls($0, choice: choice, in: body) } ?? []
        if let list = reading.toolCalls, !calls.isEmpty { editCalls(list, calls, in: body) }
        noteReasoning(reading, firstCall: calls.first?.id, in: body)

        let showsReasoning = reading.showsReasoning(on: tape)
        let dropsCalls = reading.toolCalls != nil && calls.isEmpty
        if showsReasoning, let reasoning = reading.reasoning {
            let name = tape[reasoning].member.lowerBound..<tape[reasoning].value.lowerBound
            edits.replace(name, with: Array("\"reasoning_content\":".utf8))
        }
        guard reading.mustChange || dropsCalls || !missing.isEmpty else { return !calls.isEmpty }
        edits.shape(message, of: tape, appending: missing.text) { _, entry in
            switch entry.key {
            case .channel: true
            case .reasoning: !showsReasoning
            case .reasoningContent: showsReasoning
            case .toolCalls: dropsCalls
            default: false
            }
        }
        return !calls.isEmpty
    }

    /// A tool call of a whole answer as the client will see it.
    struct Call {
        let fragment: ToolFragment
        /// A JSON string with its quotes.
        let id: [UInt8]
        let conforms: Bool
    }

    private mutating func readCalls(_ list: Int, choice: Int, in body: [UInt8]) -> [Call] {
        let seed = choice == 0 ? plan.idSeed : "\(choice)\(plan.idSeed)"
        var calls: [Call] = []
        for entry in tape.children(of: list) {
            let fragment = ToolFragment(entry, on: tape)
            guard fragment.name != nil || fragment.isCustom else { continue }
            shownBytes &+= fragment.arguments.map { tape[$0].textBytes(in: body) } ?? 0
            let stated = fragment.id.map { Array(body[tape[$0].value]) }
            let isTaken = stated.map { id in calls.contains { $0.id == id } } ?? true
            let id = isTaken ? JSONText.quoted(ChatStreamWriter.toolCallID(seed: seed, index: calls.count)) : stated
            let isPlain = fragment.arguments.map { tape[$0].isText } ?? false
            calls.append(
                Call(
                    fragment: fragment, id: id ?? [],
                    conforms: !isTaken && fragment.index == nil && fragment.hasType
                        && (fragment.isCustom || isPlain)))
        }
        return calls
    }

    private mutating func editCalls(_ list: Int, _ calls: [Call], in body: [UInt8]) {
        let isWhole = tape.children(of: list).reduce(0) { count, _ in count &+ 1 } == calls.count
        if isWhole, calls.allSatisfy(\.conforms) { return }
        var text: [UInt8] = []
        for call in calls {
            text.append(text.isEmpty ? "[" : ",")
            write(call, in: body, into: &text)
        }
        text.append("]")
        edits.replace(tape[list].value, with: text)
    }

    private func write(_ call: Call, in body: [UInt8], into text: inout [UInt8]) {
        text.append("{\"id\":")
        text += call.id
        if !call.fragment.isCustom {
            text.append(",\"type\":\"function\",\"function\":{\"name\":")
            if let name = call.fragment.name { text += body[tape[name].value] }
            text.append(",\"arguments\":\"")
            if let arguments = call.fragment.arguments.map({ tape[$0] }), !arguments.isHollow {
                ToolFragment.appendArguments(arguments, in: body, to: &text)
            } else {
                text.append("{}")
            }
            text.append("\"}")
        }
        for child in tape.children(of: call.fragment.entry) {
            switch tape[child].key {
            case .index, .id, .function: continue
            case .type where !call.fragment.isCustom: continue
            default:
                text.append(",")
                text += body[tape[child].member]
            }
        }
        text.append("}")
    }

    private mutating func noteReasoning(_ message: DeltaReading, firstCall: [UInt8]?, in body: [UInt8]) {
        guard plan.kind == .openrouter, let details = message.reasoningDetails, tape[details].kind == .array,
            tape[details].value.count <= ReasoningDetails.maxBytes
        else { return }
        remember(ReasoningDetails.record(Array(body[tape[details].content]), firstCall: firstCall))
    }
}
