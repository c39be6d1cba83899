import WireJSON

/// Edits below `messages`. Most requests need none, so the bytes are searched before anything is taken apart.
extension OpenAIRequest {
    mutating func editMessages(_ messages: JSONMembers.Member) {
        guard isChat, messages.kind == .array, mayNeedEdits(messages.value) else { return }
        for message in JSONSlice.elements(of: messages.value, in: body) ?? [] where message.kind == .object {
            guard let members = JSONSlice.members(of: message.range, in: body) else { continue }
            editRole(members)
            if service == .openrouter {
                attachReasoning(to: message.range, members)
            } else {
                stripMembers(members)
            }
        }
    }

    private func mayNeedEdits(_ messages: Range<Int>) -> Bool {
        let telling: [StaticString]
        switch service {
        case .openai, .azure:
            if isOSeries { return true }
            telling = Self.reasoning
        case .groq: telling = Self.groq
        case .openrouter: telling = Self.calls
        case .ollama, .other: telling = Self.developer
        }
        return ByteSearch.contains(telling, in: body, messages)
    }

    private static let reasoning: [StaticString] = ["\"reasoning", "\"extra_content\""]
    private static let groq: [StaticString] = ["\"name\"", "\"reasoning_", "\"extra_content\""]
    private static let calls: [StaticString] = ["\"tool_calls\""]
    private static let developer: [StaticString] = ["\"developer\""]

    /// The role's new name; nil where it stays.
    private func role(for stated: String) -> StaticString? {
        switch service {
        case .openai, .azure:
            guard isOSeries, stated == "system" || stated == "developer" else { return nil }
            // The first o-series models take neither.
            if target.model.hasPrefix("o1-mini") || target.model.hasPrefix("o1-preview") { return "user" }
            return stated == "system" && target.capabilities.systemMessages != true ? "developer" : nil
        case .ollama, .other:
            // Templates of open models know `system`; what they do not know, they leave out without a word.
            return stated == "developer" ? "system" : nil
        case .groq, .openrouter: return nil
        }
    }

    private mutating func editRole(_ members: [JSONMembers.Member]) {
        guard let member = member("role", of: members), let stated = JSONSlice.string(member.value, in: body),
            let role = role(for: stated)
        else { return }
        edits.replace(member.value, with: JSONText.quoted(role.description))
    }

    /// What other providers' answers put into a message and this one answers with 400.
    private mutating func stripMembers(_ members: [JSONMembers.Member]) {
        let unwanted: [StaticString]
        switch service {
        case .openai, .azure: unwanted = ["reasoning_content", "reasoning", "reasoning_details"]
        case .groq: unwanted = ["name", "reasoning_content", "reasoning_details"]
        case .openrouter, .ollama, .other: return
        }
        for member in members {
            let name = body[member.name]
            if unwanted.contains(where: { $0.equals(name) }) {
                edits.remove(member)
            } else if StaticString("tool_calls").equals(name), member.kind == .array {
                stripExtraContent(member.value)
            }
        }
    }

    /// Gemini's thought signatures.
    private mutating func stripExtraContent(_ calls: Range<Int>) {
        for call in JSONSlice.elements(of: calls, in: body) ?? [] where call.kind == .object {
            let members = JSONSlice.members(of: call.range, in: body) ?? []
            if let extra = member("extra_content", of: members) { edits.remove(extra) }
        }
    }

    /// Gives an assistant turn its `reasoning_details` back if the client dropped them.
    private mutating func attachReasoning(to message: Range<Int>, _ members: [JSONMembers.Member]) {
        let own = member("reasoning_details", of: members)
        guard own == nil || own?.kind == .null, let calls = member("tool_calls", of: members), calls.kind == .array,
            let first = JSONSlice.elements(of: calls.value, in: body)?.first, first.kind == .object,
            let id = member("id", of: JSONSlice.members(of: first.range, in: body) ?? []),
            let name = JSONSlice.string(id.value, in: body),
            let record = remembered.recall(name), record.kind == .openrouter
        else { return }
        if let own {
            edits.replace(own.value, with: Array(record.payload.utf8))
        } else {
            let end = message.upperBound &- 1
            edits.replace(end..<end, with: Array(",\"reasoning_details\":".utf8) + Array(record.payload.utf8))
        }
    }

    private func member(_ name: StaticString, of members: [JSONMembers.Member]) -> JSONMembers.Member? {
        members.first { name.equals(body[$0.name]) }
    }
}
