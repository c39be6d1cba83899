import WireJSON

/// A client's request on its way to a service that speaks the same format: the bytes stay, single members
/// are edited. Nothing is decoded but what an edit needs.
struct OpenAIRequest {
    let request: ClientRequest
    let target: Target
    let place: OpenAIPlace
    var edits = JSONEdits()
    var remembered: RecalledThoughts
    private var plan: AnswerPlan
    private var hasStreamOptions = false

    init(_ request: ClientRequest, _ target: Target, _ context: CallContext, _ place: OpenAIPlace) {
        self.request = request
        self.target = target
        remembered = RecalledThoughts(context)
        self.place = place
        plan = AnswerPlan(request, target, context)
    }

    var body: [UInt8] { request.body }
    var service: OpenAIService { place.service }
    var isChat: Bool { request.endpoint == .chatCompletions }

    mutating func call() -> ProviderCall {
        for member in request.members.all { edit(member) }
        if request.stream, !hasStreamOptions, takesStreamOptions {
            edits.append(member: "stream_options", value: Self.includeUsage)
        }
        return ProviderCall(
            url: place.url(request.endpoint, model: target.model),
            body: edits.isEmpty ? body : edits.apply(to: body), plan: plan)
    }

    // MARK: Members

    private mutating func edit(_ member: JSONMembers.Member) {
        guard let parameter = RequestParameter(member, in: body) else { return }
        switch parameter {
        case .model:
            let model = JSONText.quoted(target.model)
            if body[member.value] != model[...] { edits.replace(member.value, with: model) }
        case .messages:
            plan.promptBytes = PromptSize.bytes(of: member.value, in: body)
            editMessages(member)
        case .prompt, .input: plan.promptBytes = PromptSize.bytes(of: member.value, in: body)
        case .streamOptions: editStreamOptions(member)
        case .maxTokens, .maxCompletionTokens: editLimit(member, parameter)
        case .encodingFormat: plan.base64Embeddings = JSONSlice.string(member.value, in: body) == "base64"
        case .sampling where service.isOpenAI && target.capabilities.samplingParameters == false:
            edits.remove(member)
        case .foreign where service.isOpenAI: edits.remove(member)
        default:
            if service == .groq { editForGroq(member, parameter) }
        }
    }

    /// Chat only: `/v1/completions` knows `max_tokens` alone.
    private mutating func editLimit(_ member: JSONMembers.Member, _ parameter: RequestParameter) {
        guard isChat, member.kind != .null else { return }
        if parameter == .maxTokens {
            let other = request.members.member("max_completion_tokens", in: body)
            if let other, other.kind != .null {
                edits.remove(member)  // The newer name wins where a client sends both.
            } else if service.isOpenAI, thinks {
                if let other { edits.remove(other) }
                edits.replace(member.name, with: Array("max_completion_tokens".utf8))
            }
        } else if service == .ollama {
            if let other = request.members.member("max_tokens", in: body) { edits.remove(other) }
            edits.replace(member.name, with: Array("max_tokens".utf8))  // The only one it knows.
        }
    }

    /// OpenAI's reasoning models reject `max_tokens`.
    private var thinks: Bool { target.capabilities.reasoning ?? (isOSeries || isFifthGeneration) }

    /// o1, o3-mini and the like.
    var isOSeries: Bool {
        let letters = target.model.utf8.prefix(2)
        return letters.first == UInt8(ascii: "o") && (letters.last ?? 0) &- UInt8(ascii: "0") < 10
    }

    /// gpt-5 and up. Azure writes gpt-3.5 as gpt-35.
    private var isFifthGeneration: Bool {
        let name = target.model.utf8
        guard name.starts(with: "gpt-".utf8) else { return false }
        let version = name.dropFirst(4).prefix { $0 &- UInt8(ascii: "0") < 10 }
        return 5..<30 ~= Int(Substring(version)) ?? 0
    }

    // MARK: Usage in streams

    private static let includeUsage = Array("{\"include_usage\":true}".utf8)

    private var takesStreamOptions: Bool {
        request.endpoint != .embeddings
            && place.takesStreamOptions
    }

    /// Usage is always asked for, for metering; the client's other options stay.
    private mutating func editStreamOptions(_ member: JSONMembers.Member) {
        hasStreamOptions = true
        guard request.stream, takesStreamOptions else {
            edits.remove(member)
            return
        }
        guard member.kind == .object, let options = JSONSlice.members(of: member.value, in: body), !options.isEmpty
        else {
            edits.replace(member.value, with: Self.includeUsage)
            return
        }
        if let option = options.first(where: { JSONSlice.name(of: $0, in: body) == "include_usage" }) {
            if JSONSlice.bool(option.value, in: body) != true { edits.replace(option.value, with: Array("true".utf8)) }
        } else {
            let end = member.value.upperBound &- 1
            edits.replace(end..<end, with: Array(",\"include_usage\":true".utf8))
        }
    }
}
