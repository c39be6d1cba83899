import WireJSON

/// Output: chunks of the provider, edited where they break a rule, and chunks of our own.
extension ChunkRelay {
    /// What every frame starts with.
    static let frameStart: StaticString = "data: "

    /// Writes the chunk as one that holds only this choice.
    mutating func write(_ piece: ChunkPiece, in data: [UInt8], into output: inout [UInt8]) {
        if identity == nil { identity = ChunkIdentity(piece.members, on: tape, in: data, plan: plan) }
        edits.removeAll()
        edit(piece, in: data)
        if let list = piece.members.choices, tape.children(of: list).hasSeveral {
            edits.shape(list, of: tape) { position, _ in position != piece.choice.entry }
        }
        editRoot(piece.members, in: data)
        output.append(Self.frameStart)
        if edits.isEmpty { output += data } else { edits.apply(to: data, into: &output) }
        output.append("\n\n")
    }

    /// Identity, service tier, usage and foreign members.
    private mutating func editRoot(_ members: ChunkMembers, in data: [UInt8]) {
        var missing = MemberList()
        if let identity, !identity.matches(members, on: tape, in: data) {
            missing = identity.impose(on: members, tape: tape, data: data, edits: &edits)
        }
        if let tier = members.serviceTier, let name = ServiceTier.openAI(tape[tier], in: data, kind: plan.kind) {
            edits.replace(tape[tier].value, with: name)
        }
        if plan.includeUsage {
            if let usage = members.usage {
                if tape[usage].kind != .null { edits.replace(tape[usage].value, with: Array("null".utf8)) }
            } else {
                missing.add("usage", Array("null".utf8))
            }
        }
        let dropsUsage = !plan.includeUsage && members.usage != nil
        guard dropsUsage || members.hasForeign || !missing.isEmpty else { return }
        edits.shape(0, of: tape, appending: missing.text) { _, entry in
            (dropsUsage && entry.key == .usage) || ChunkMembers.isForeign(entry.key)
        }
    }

    private mutating func edit(_ piece: ChunkPiece, in data: [UInt8]) {
        let choice = piece.choice
        var missing = MemberList()
        if choice.index.flatMap({ tape.natural($0, in: data) }) == nil {
            if let index = choice.index {
                edits.replace(tape[index].value, with: Array(String(piece.index).utf8))
            } else {
                missing.add("index", Array(String(piece.index).utf8))
            }
        }
        if isChat {
            if choice.delta == nil {
                missing.add("delta", Array((piece.addsRole ? "{\"role\":\"assistant\"}" : "{}").utf8))
            }
            editDelta(piece, in: data)
        } else if let text = choice.text {
            if tape[text].kind != .string { edits.replace(tape[text].value, with: Array("\"\"".utf8)) }
        } else {
            missing.add("text", Array("\"\"".utf8))
        }
        if let finish = finishText(piece, in: data) {
            if let stated = choice.finishReason {
                edits.replace(tape[stated].value, with: finish)
            } else {
                missing.add("finish_reason", finish)
            }
        }
        if !missing.isEmpty { edits.shape(choice.entry, of: tape, appending: missing.text) }
    }

    /// The finish reason to write; nil if the stated one stays.
    private func finishText(_ piece: ChunkPiece, in data: [UInt8]) -> [UInt8]? {
        let stated = piece.choice.finishReason.map { tape[$0] }
        let isNull = stated?.kind == .null
        switch piece.finishEdit {
        case .reason(let reason):
            if let stated, data[stated.content].elementsEqual(reason.rawValue.utf8) { return nil }
            return JSONText.quoted(reason.rawValue)
        case .null: return isNull ? nil : Array("null".utf8)
        case .asStated: return isNull || piece.isLast ? nil : Array("null".utf8)
        }
    }

    private mutating func editDelta(_ piece: ChunkPiece, in data: [UInt8]) {
        guard let delta = piece.choice.delta else { return }
        guard let reading = piece.delta else {
            let empty = piece.addsRole ? "{\"role\":\"assistant\"}" : "{}"
            edits.replace(tape[delta].value, with: Array(empty.utf8))
            return
        }
        let dropsRole = reading.role != nil && (piece.dropsRole || !reading.hasRole)
        let keepsCalls = editToolCalls(piece, in: data)
        let dropsCalls = reading.toolCalls != nil && !keepsCalls
        guard reading.mustChange || dropsRole || piece.addsRole || dropsCalls else { return }
        let showsReasoning = reading.showsReasoning(on: tape)
        if showsReasoning, let reasoning = reading.reasoning {
            let name = tape[reasoning].member.lowerBound..<tape[reasoning].value.lowerBound
            edits.replace(name, with: Array("\"reasoning_content\":".utf8))
        }
        let role: StaticString = piece.addsRole ? "\"role\":\"assistant\"" : ""
        edits.shape(delta, of: tape, appending: role.withUTF8Buffer(Array.init)) { _, entry in
            switch entry.key {
            case .role: dropsRole
            case .channel: true
            case .reasoning: !showsReasoning
            case .reasoningContent: showsReasoning
            case .toolCalls: dropsCalls
            case .content: piece.dropsRole && entry.isHollow
            default: false
            }
        }
    }

    /// Rewrites the tool fragments if one of them breaks a rule. False if none is left.
    private mutating func editToolCalls(_ piece: ChunkPiece, in data: [UInt8]) -> Bool {
        guard let calls = piece.delta?.toolCalls, !piece.fragments.isEmpty else { return false }
        let isWhole = tape.children(of: calls).reduce(0) { count, _ in count &+ 1 } == piece.fragments.count
        let held = piece.fragments.contains { choices[piece.index].tools.calls[$0.call].holdsArguments }
        if isWhole, !held, piece.fragments.allSatisfy({ conforms($0, of: piece.index, in: data) }) { return true }
        var text: [UInt8] = []
        for fragment in piece.fragments {
            text.append(text.isEmpty ? "[" : ",")
            write(fragment, choice: piece.index, in: data, into: &text)
        }
        text.append("]")
        edits.replace(tape[calls].value, with: text)
        return true
    }

    private func conforms(_ fragment: ToolFragment, of choice: Int, in data: [UInt8]) -> Bool {
        guard fragment.conforms(on: tape, in: data) else { return false }
        guard fragment.starts, let id = fragment.id else { return true }
        return data[tape[id].value] == choices[choice].tools.calls[fragment.call].id[...]
    }

    private mutating func write(
        _ fragment: ToolFragment, choice: Int, in data: [UInt8], into text: inout [UInt8]
    ) {
        let call = choices[choice].tools.calls[fragment.call]
        text.append("{\"index\":")
        JSONText.appendInt(fragment.call, to: &text)
        if fragment.starts {
            text.append(",\"id\":")
            text += call.id
            if !call.isCustom { text.append(",\"type\":\"function\"") }
        }
        if !call.isCustom {
            text.append(",\"function\":{")
            if fragment.starts {
                text.append("\"name\":")
                text += call.name
                text.append(",")
            }
            text.append("\"arguments\":\"")
            text += choices[choice].tools.takeHeld(fragment.call)
            if let arguments = fragment.arguments {
                ToolFragment.appendArguments(tape[arguments], in: data, to: &text)
            }
            text.append("\"}")
        }
        for child in tape.children(of: fragment.entry) {
            switch tape[child].key {
            case .index, .id, .function: continue
            case .type where !call.isCustom: continue
            default:
                text.append(",")
                text += data[tape[child].member]
            }
        }
        text.append("}")
    }

    // MARK: Chunks of our own

    /// `{}` for a call that has sent no arguments.
    mutating func writeEmptyArguments(of call: Int, choice: Int, into output: inout [UInt8]) {
        var delta = Array("\"tool_calls\":[{\"index\":".utf8)
        JSONText.appendInt(call, to: &delta)
        delta.append(",\"function\":{\"arguments\":\"{}\"}}]")
        writeOwn(choice: choice, delta: delta, finish: nil, into: &output)
    }

    mutating func writeFinish(_ reason: FinishWord.Reason, choice: Int, into output: inout [UInt8]) {
        writeOwn(choice: choice, delta: [], finish: reason, into: &output)
    }

    /// - Parameter delta: the members of the delta, without braces.
    mutating func writeOwn(
        choice: Int, delta: [UInt8], finish: FinishWord.Reason?, into output: inout [UInt8]
    ) {
        openOwn(into: &output)
        output.append(",\"choices\":[{\"index\":")
        JSONText.appendInt(choice, to: &output)
        if isChat {
            output.append(",\"delta\":{")
            output += delta
            output.append("}")
        } else {
            output.append(",\"text\":\"\"")
        }
        output.append(",\"logprobs\":null,\"finish_reason\":")
        if let finish { JSONText.appendString(finish.rawValue, to: &output) } else { output.append("null") }
        output.append(plan.includeUsage ? "}],\"usage\":null}\n\n" : "}]}\n\n")
    }

    /// A frame and a chunk with its identity, up to where more members go.
    mutating func openOwn(into output: inout [UInt8]) {
        if identity == nil {
            try? tape.scan(Array("{}".utf8))
            identity = ChunkIdentity(ChunkMembers(tape), on: tape, in: [], plan: plan)
        }
        output.append(Self.frameStart)
        identity?.open(into: &output)
    }
}
