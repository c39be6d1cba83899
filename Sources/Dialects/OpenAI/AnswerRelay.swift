import WireJSON

/// Brings one whole answer into OpenAI's format (contracts, sections 1.3 and 1.5). An answer that keeps it
/// already is relayed byte for byte; of any other only what breaks a rule is edited.
struct AnswerRelay {
    let plan: AnswerPlan
    var tape = AnswerTape()
    var edits = TapeEdits()
    /// Bytes of text in the answer, for an estimate of its tokens.
    var shownBytes = 0
    private var thoughts: [ThoughtRecord] = []

    init(plan: AnswerPlan) {
        self.plan = plan
    }

    /// - Throws: an error that the provider reports with status 200, or that the body is no answer.
    mutating func relay(_ body: [UInt8]) throws(ProviderFailure) -> TranslatedAnswer {
        try scan(body)
        let members = ChunkMembers(tape)
        if let error = members.error, tape[error].isTruthy { throw OpenAIFailure.inside(body, plan) }
        if plan.endpoint == .embeddings {
            try editVectors(in: body)
        } else {
            try editChoices(members, in: body)
        }
        let usage = editRoot(members, in: body)
        guard !edits.isEmpty else { return TranslatedAnswer(body: body, usage: usage, thoughts: thoughts) }
        var edited: [UInt8] = []
        edited.reserveCapacity(body.count &+ 256)
        edits.apply(to: body, into: &edited)
        return TranslatedAnswer(body: edited, usage: usage, thoughts: thoughts)
    }

    private mutating func scan(_ body: [UInt8]) throws(ProviderFailure) {
        guard body.contains(where: { $0 > 0x20 }) else {
            throw OpenAIFailure.unusable("The provider answered with an empty body.")
        }
        do throws(AnswerFlaw) {
            try tape.scan(body)
        } catch {
            switch error {
            case .cut where body.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"):
                throw OpenAIFailure.broken("The provider's answer is cut short.")
            default: throw OpenAIFailure.unusable("The provider's answer is not a JSON object.")
            }
        }
    }

    // MARK: Choices

    private mutating func editChoices(_ members: ChunkMembers, in body: [UInt8]) throws(ProviderFailure) {
        guard let list = members.choices, !tape[list].isHollow else {
            if let object = members.object, tape[object].spells("error", in: body) {
                throw OpenAIFailure.inside(body, plan)
            }
            throw OpenAIFailure.unusable("The provider's answer holds no choices.")
        }
        // Bits of the indices met so far; OpenAI allows 128 choices.
        var indices: UInt128 = 0
        for (position, entry) in tape.children(of: list).enumerated() {
            let choice = ChoiceMembers(entry, on: tape)
            guard tape[entry].kind == .object else {
                throw OpenAIFailure.unusable("The provider's answer holds a choice that is none.")
            }
            if let error = choice.error, tape[error].isTruthy {
                throw OpenAIFailure.inside(body, error: tape[error].value, plan)
            }
            let finish = FinishWord(choice.finishReason.map { tape[$0] }, in: body)
            if case .error = finish { throw OpenAIFailure.finishedWithError() }
            let stated = choice.index.flatMap { tape.natural($0, in: body) }
            // Some servers number all choices 0.
            let isNumbered = stated.map { $0 < 128 && indices & 1 << UInt128($0) == 0 } ?? false
            indices |= 1 << UInt128(isNumbered ? stated ?? position : position)
            edit(choice, at: position, isNumbered: isNumbered, finish, in: body)
        }
    }

    private mutating func edit(
        _ choice: ChoiceMembers, at position: Int, isNumbered: Bool, _ finish: FinishWord, in body: [UInt8]
    ) {
        var missing = MemberList()
        if !isNumbered { set(choice.index, "index", Array(String(position).utf8), &missing) }
        var hasCalls = false
        if plan.endpoint == .completions {
            let text = choice.text.map { tape[$0] }
            if text?.kind != .string { set(choice.text, "text", Array("\"\"".utf8), &missing) }
            shownBytes &+= text?.textBytes(in: body) ?? 0
        } else if let message = choice.message, tape[message].kind == .object {
            hasCalls = editMessage(message, choice: position, in: body)
        } else {
            set(choice.message, "message", Array("{\"role\":\"assistant\",\"content\":null}".utf8), &missing)
        }
        let stated: FinishWord.Reason = if case .reason(let reason) = finish { reason } else { .stop }
        let reason = stated.agreeing(hasToolCalls: hasCalls)
        if choice.finishReason.map({ body[tape[$0].content].elementsEqual(reason.rawValue.utf8) }) != true {
            set(choice.finishReason, "finish_reason", JSONText.quoted(reason.rawValue), &missing)
        }
        if !missing.isEmpty { edits.shape(choice.entry, of: tape, appending: missing.text) }
    }

    /// Replaces a member's value, or notes the member as missing.
    func set(
        _ position: Int?, _ name: StaticString, _ value: [UInt8], _ missing: inout MemberList, _ edits: inout TapeEdits
    ) {
        if let position { edits.replace(tape[position].value, with: value) } else { missing.add(name, value) }
    }

    mutating func set(_ position: Int?, _ name: StaticString, _ value: [UInt8], _ missing: inout MemberList) {
        set(position, name, value, &missing, &edits)
    }

    mutating func remember(_ record: ThoughtRecord?) {
        if let record { thoughts.append(record) }
    }

    // MARK: Root

    /// Required members, usage, and Groq's extras.
    private mutating func editRoot(_ members: ChunkMembers, in body: [UInt8]) -> TokenUsage {
        var missing = MemberList()
        let object: StaticString =
            switch plan.endpoint {
            case .chatCompletions: "chat.completion"
            case .completions: "text_completion"
            case .embeddings: "list"
            }
        if members.object.map({ tape[$0].spells(object, in: body) }) != true {
            set(members.object, "object", JSONText.quoted(object.description), &missing)
        }
        if members.model.map({ tape[$0].isText }) != true {
            set(members.model, "model", JSONText.quoted(plan.upstreamModel), &missing)
        }
        if plan.endpoint != .embeddings {
            if members.id.map({ tape[$0].isText }) != true {
                set(members.id, "id", JSONText.quoted(ChunkIdentity.inventedID(plan)), &missing)
            }
            if members.created.map({ ChunkIdentity.isTime($0, on: tape, in: body) }) != true {
                set(members.created, "created", Array(String(plan.created).utf8), &missing)
            }
        }
        if let tier = members.serviceTier, let name = ServiceTier.openAI(tape[tier], in: body, kind: plan.kind) {
            edits.replace(tape[tier].value, with: name)
        }
        let usage = usage(members, in: body)
        if !usage.conforms { set(members.usage, "usage", usage.text, &missing) }
        if members.hasForeign || !missing.isEmpty {
            edits.shape(0, of: tape, appending: missing.text) { _, entry in ChunkMembers.isForeign(entry.key) }
        }
        return usage.usage
    }

    private func usage(_ members: ChunkMembers, in body: [UInt8]) -> UsageReading {
        let isEmbedding = plan.endpoint == .embeddings
        if let usage = members.usage,
            let reading = UsageReading(usage, on: tape, in: body, isEmbedding: isEmbedding)
        {
            return reading
        }
        // Groq's older place for it: read there, written where clients look.
        if let usage = members.xGroq.flatMap({ tape.first(.usage, in: $0) }),
            let reading = UsageReading(Array(body[tape[usage].value]), isEmbedding: isEmbedding)
        {
            return reading.rewritten
        }
        return UsageReading(estimatedFor: plan, deliveredBytes: shownBytes)
    }
}
