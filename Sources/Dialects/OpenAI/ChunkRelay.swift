import WireJSON

/// Turns the data objects of one provider stream into a stream that keeps OpenAI's rules (contracts,
/// section 1.3). A chunk that already keeps them is relayed byte for byte; of any other only what breaks a
/// rule is edited. Framing and the end of the stream: ``OpenAIStream`` and `ChunkRelay+End.swift`.
struct ChunkRelay {
    let plan: AnswerPlan
    var tape = AnswerTape()
    var edits = TapeEdits()
    var identity: ChunkIdentity?
    /// By index; a provider may start with any of them.
    var choices: [ChoiceProgress] = []
    /// The latest usage object as the provider wrote it; empty if none came.
    var usageText: [UInt8] = []
    /// The provider's own usage chunk, framed, if it can be relayed as it is.
    var usageFrame: [UInt8] = []
    /// The shape of the latest chunk, where the next one may well have the same.
    private var template: ChunkTemplate?
    private(set) var deliveredBytes = 0
    /// Whether anything was written.
    private(set) var hasOutput = false

    init(plan: AnswerPlan) {
        self.plan = plan
    }

    /// What a choice of a stream has shown so far.
    struct ChoiceProgress {
        var isSeen = false
        /// The role chunk, framed, kept back until there is something to show.
        var heldRole: [UInt8] = []
        var isRoleSent = false
        var isFinished = false
        var tools = ToolCallTrack()
        /// Elements of OpenRouter's `reasoning_details`, joined by commas.
        var reasoningDetails: [UInt8] = []
    }

    var isChat: Bool { plan.endpoint == .chatCompletions }

    /// Some choice has its finish reason, and none that began lacks one.
    var isFinished: Bool {
        choices.contains(where: \.isFinished) && choices.allSatisfy { $0.isFinished || !$0.isSeen }
    }

    /// More choices than this come from no request: batch prompts × n stay far below.
    private static let maxChoices = 4096

    /// Takes one data object.
    /// - Throws: an error that the provider reports in it, or that it is no JSON object.
    mutating func relay(_ data: [UInt8], into output: inout [UInt8]) throws(ProviderFailure) {
        if let shown = template?.relay(data, into: &output) {
            deliveredBytes &+= shown
            return
        }
        do throws(AnswerFlaw) {
            try tape.scan(data)
        } catch {
            if isFinished { return }
            throw OpenAIFailure.broken("The provider's stream holds a malformed chunk.")
        }
        // A chunk that came in several `data` lines: the breaks are white space, and would break our frame.
        let data = JSONSkip.hasLineFeed(data) ? data.map { $0 == 0x0A ? 0x20 : $0 } : data
        let members = ChunkMembers(tape)
        noteUsage(members, in: data)
        if isError(members, in: data) { throw OpenAIFailure.inside(data, plan) }
        guard let list = members.choices else { return }
        for (position, entry) in tape.children(of: list).enumerated() where tape[entry].kind == .object {
            try relay(entry, at: position, of: members, in: data, into: &output)
        }
    }

    private func isError(_ members: ChunkMembers, in data: [UInt8]) -> Bool {
        if let error = members.error, tape[error].isTruthy { return true }
        guard members.choices == nil, let object = members.object else { return false }
        return tape[object].spells("error", in: data)  // vLLM, older versions
    }

    private mutating func relay(
        _ entry: Int, at position: Int, of members: ChunkMembers, in data: [UInt8], into output: inout [UInt8]
    ) throws(ProviderFailure) {
        let choice = ChoiceMembers(entry, on: tape)
        let index = choice.index.flatMap { tape.natural($0, in: data) } ?? position
        guard index < Self.maxChoices else {
            throw OpenAIFailure.broken("The provider's stream names choice \(index).")
        }
        while choices.count <= index { choices.append(ChoiceProgress()) }
        if let error = choice.error, tape[error].isTruthy {
            throw OpenAIFailure.inside(data, error: tape[error].value, plan)
        }
        let finish = FinishWord(choice.finishReason.map { tape[$0] }, in: data)
        if case .error = finish { throw OpenAIFailure.finishedWithError() }
        if choices[index].isFinished { return }
        choices[index].isSeen = true

        var piece = ChunkPiece(members: members, choice: choice, index: index, finish: finish)
        read(&piece, in: data)
        if !piece.isReal, !piece.isLast {
            hold(piece, in: data)
        } else {
            show(piece, in: data, into: &output)
        }
    }

    // MARK: Reading

    /// Fills in what the choice holds, and places its tool fragments.
    private mutating func read(_ piece: inout ChunkPiece, in data: [UInt8]) {
        if let logprobs = piece.choice.logprobs, tape[logprobs].hasElements(in: data) { piece.isReal = true }
        guard isChat else {
            guard let text = piece.choice.text else { return }
            piece.shownBytes = tape[text].textBytes(in: data)
            if tape[text].isText { piece.isReal = true }
            return
        }
        guard let delta = piece.choice.delta, tape[delta].kind == .object else { return }
        let reading = DeltaReading(delta, on: tape, in: data)
        piece.delta = reading
        piece.shownBytes = reading.shownBytes
        if reading.isReal { piece.isReal = true }
        noteReasoning(reading, of: piece.index, in: data)
        guard let calls = reading.toolCalls else { return }
        let seed = piece.index == 0 ? plan.idSeed : "\(piece.index)\(plan.idSeed)"
        for call in tape.children(of: calls) {
            let placed = choices[piece.index].tools.place(ToolFragment(call, on: tape), on: tape, in: data) { index in
                ChatStreamWriter.toolCallID(seed: seed, index: index)
            }
            guard let placed, choices[piece.index].tools.calls[placed.call].isAnnounced else { continue }
            piece.fragments.append(placed)
            piece.isReal = true
            piece.shownBytes &+= placed.arguments.map { tape[$0].textBytes(in: data) } ?? 0
        }
    }

    /// OpenRouter wants its reasoning back in the next turn of a tool loop; clients drop it.
    private mutating func noteReasoning(_ delta: DeltaReading, of index: Int, in data: [UInt8]) {
        guard plan.kind == .openrouter, let details = delta.reasoningDetails, tape[details].kind == .array,
            !tape[details].isHollow, choices[index].reasoningDetails.count < ReasoningDetails.maxBytes
        else { return }
        if !choices[index].reasoningDetails.isEmpty { choices[index].reasoningDetails.append(",") }
        choices[index].reasoningDetails += data[tape[details].content]
    }

    private mutating func noteUsage(_ members: ChunkMembers, in data: [UInt8]) {
        var usage = members.usage
        if usage == nil || tape[usage ?? 0].kind != .object {
            usage = members.xGroq.flatMap { tape.first(.usage, in: $0) }
        }
        guard let usage, tape[usage].kind == .object, !tape[usage].isHollow else { return }
        usageText = Array(data[tape[usage].value])
        usageFrame = []
        let isAlone = members.choices.map { tape[$0].isHollow } ?? false
        guard plan.includeUsage, isAlone, !members.hasForeign, members.usage == usage,
            identity?.matches(members, on: tape, in: data) == true
        else { return }
        usageFrame.append(Self.frameStart)
        usageFrame += data
        usageFrame.append("\n\n")
    }

    // MARK: Showing

    /// Keeps a role chunk back; drops any other empty chunk.
    private mutating func hold(_ piece: ChunkPiece, in data: [UInt8]) {
        let progress = choices[piece.index]
        guard isChat, piece.delta?.hasRole == true, !progress.isRoleSent, progress.heldRole.isEmpty,
            ChunkIdentity.isStated(piece.members, on: tape, in: data)
        else { return }
        var held: [UInt8] = []
        write(piece, in: data, into: &held)
        choices[piece.index].heldRole = held
    }

    private mutating func show(_ piece: ChunkPiece, in data: [UInt8], into output: inout [UInt8]) {
        var piece = piece
        hasOutput = true
        template = nil
        deliveredBytes &+= piece.shownBytes
        if !choices[piece.index].isRoleSent, isChat {
            choices[piece.index].isRoleSent = true
            if choices[piece.index].heldRole.isEmpty {
                piece.addsRole = piece.delta?.hasRole != true
            } else {
                output += choices[piece.index].heldRole
                choices[piece.index].heldRole = []
                piece.dropsRole = true
            }
        } else {
            piece.dropsRole = true
        }
        guard case .reason(let stated) = piece.finish else {
            let start = output.count
            write(piece, in: data, into: &output)
            if let text = repeatableText(piece), tape[text].isText, !edits.touches(tape[text].content) {
                let padding = piece.members.obfuscation.map { tape[$0].content }
                template = ChunkTemplate(
                    data, text: tape[text].content, padding: padding, edits: edits, frame: output[start...])
            }
            return
        }
        finish(&piece, stated: stated, in: data, into: &output)
    }

    /// The text of a chunk whose like would be treated alike; nil where something depends on what came before,
    /// and for chunks with counts or log probabilities, whose like hardly comes.
    private func repeatableText(_ piece: ChunkPiece) -> Int? {
        guard choices.count == 1, piece.dropsRole || !isChat,
            piece.members.usage.map({ tape[$0].kind == .null }) ?? true,
            piece.choice.logprobs.map({ tape[$0].kind == .null }) ?? true
        else { return nil }
        guard isChat else { return piece.choice.text }
        guard let fragment = piece.fragments.first else { return piece.delta?.soleText }
        // The next part of a call that is under way and known by its id.
        guard piece.fragments.count == 1, piece.delta?.isReal == false, let arguments = fragment.arguments,
            choices[0].tools.isUnderWay(fragment)
        else { return nil }
        return arguments
    }

    private mutating func finish(
        _ piece: inout ChunkPiece, stated: FinishWord.Reason, in data: [UInt8], into output: inout [UInt8]
    ) {
        let tools = choices[piece.index].tools
        let reason = stated.agreeing(hasToolCalls: tools.hasAnnounced)
        // A call without arguments must still add up to JSON, and before the finish reason.
        let bare = reason == .toolCalls ? tools.bareCalls : []
        choices[piece.index].isFinished = true
        // OpenAI's last chunk of a choice holds an empty delta: what others put there goes out before it.
        if !isChat || (bare.isEmpty && !piece.addsRole && hasEmptyDelta(piece)) {
            piece.finishEdit = .reason(reason)
            write(piece, in: data, into: &output)
            return
        }
        if piece.isReal || piece.addsRole {
            piece.finishEdit = .null
            write(piece, in: data, into: &output)
        }
        for call in bare { writeEmptyArguments(of: call, choice: piece.index, into: &output) }
        writeFinish(reason, choice: piece.index, into: &output)
    }

    private func hasEmptyDelta(_ piece: ChunkPiece) -> Bool {
        guard let delta = piece.choice.delta, tape[delta].kind == .object else { return false }
        return !tape.children(of: delta).contains { _ in true }
    }
}
