import WireJSON

/// What Groq takes differently (contracts, section 2.3).
extension OpenAIRequest {
    mutating func editForGroq(_ member: JSONMembers.Member, _ parameter: RequestParameter) {
        switch parameter {
        case .logprobs, .openAIOnly: edits.remove(member)
        case .choices:
            if member.kind != .null, JSONSlice.int(member.value, in: body) != 1 { edits.remove(member) }
        case .serviceTier:
            let tier = JSONSlice.string(member.value, in: body) ?? ""
            if !["auto", "on_demand", "flex", "performance"].contains(tier) { edits.remove(member) }
        case .reasoningEffort: editEffort(member)
        case .includeReasoning:
            // 400 together; the format says more.
            if request.members.member("reasoning_format", in: body) != nil { edits.remove(member) }
        default: break
        }
    }

    private mutating func editEffort(_ member: JSONMembers.Member) {
        let stated = JSONSlice.string(member.value, in: body)
        guard let effort = groqEffort(stated.flatMap(ReasoningEffort.init(rawValue:)), stated) else {
            edits.remove(member)
            return
        }
        if effort != stated { edits.replace(member.value, with: JSONText.quoted(effort)) }
    }

    /// nil where the model takes none.
    private func groqEffort(_ effort: ReasoningEffort?, _ stated: String?) -> String? {
        let model = target.model.lowercased()
        if model.contains("qwen") {
            return effort == ReasoningEffort.none || effort == nil && stated == "none" ? "none" : "default"
        }
        guard model.contains("gpt-oss") else { return nil }
        return switch effort {
        case .minimal, .low: "low"
        case .medium: "medium"
        case .high, .xhigh, .max: "high"
        case ReasoningEffort.none?, nil: nil
        }
    }
}
