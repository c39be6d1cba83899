import WireJSON

/// What one candidate of an answer has said so far. The same for whole answers and for streams, which
/// bring new parts with every chunk.
struct GeminiCandidate {
    let index: Int
    private(set) var finishReason: String?
    private var finishMessage: String?
    private var hasText = false
    private var calledNames: [String] = []
    private var partial: GeminiPartialCall?
    private var brokenArguments = false
    /// Calls nobody declared wait for the finish reason, which may turn them into a failed attempt; and
    /// later ones wait behind them, to keep the order.
    private var held: [ChatToolCall] = []

    init(index: Int) {
        self.index = index
    }

    /// - Returns: what is new and can be shown.
    mutating func read(
        _ candidate: JSONValue, plan: AnswerPlan, ids: inout GeminiCallIDs
    ) -> [GeminiEvent] {
        var events: [GeminiEvent] = []
        for part in candidate["content"]?["parts"]?.arrayValue ?? [] {
            read(part: part, plan: plan, ids: &ids, into: &events)
        }
        if let reason = candidate["finishReason"]?.stringValue {
            finishReason = reason
            finishMessage = candidate["finishMessage"]?.stringValue ?? finishMessage
        }
        return events
    }

    /// The answer is over: calls that were still being collected or held back.
    mutating func flush(plan: AnswerPlan, ids: inout GeminiCallIDs) -> [GeminiEvent] {
        var events: [GeminiEvent] = []
        closePartial(plan: plan, ids: &ids, into: &events)
        events += held.map { .call($0) }
        held = []
        return events
    }

    // MARK: Parts

    private mutating func read(
        part: JSONValue, plan: AnswerPlan, ids: inout GeminiCallIDs, into events: inout [GeminiEvent]
    ) {
        if let call = part["functionCall"], call.objectValue != nil {
            let signature = part["thoughtSignature"]?.stringValue
            read(call: call, signature: signature, plan: plan, ids: &ids, into: &events)
        } else if let text = part["text"]?.stringValue {
            // Empty texts carry signatures that only matter to Google's own clients.
            guard !text.isEmpty else { return }
            if part["thought"]?.boolValue == true {
                events.append(.reasoning(text))
            } else {
                hasText = true
                events.append(.text(text))
            }
        } else if let data = part["inlineData"], part["thought"]?.boolValue != true, let link = Self.link(data) {
            hasText = true
            events.append(.text(link))
        }
    }

    /// Pictures (and other media) as Markdown with a data URI, which is how chat clients show them.
    private static func link(_ data: JSONValue) -> String? {
        guard let content = data["data"]?.stringValue, !content.isEmpty else { return nil }
        let mediaType = data["mimeType"]?.stringValue ?? "application/octet-stream"
        let mark = mediaType.hasPrefix("image/") ? "![image]" : "[file]"
        return "\(mark)(data:\(mediaType);base64,\(content))"
    }

    private mutating func read(
        call: JSONValue, signature: String?, plan: AnswerPlan, ids: inout GeminiCallIDs,
        into events: inout [GeminiEvent]
    ) {
        if let name = call["name"]?.stringValue, !name.isEmpty {
            closePartial(plan: plan, ids: &ids, into: &events)
            partial = GeminiPartialCall(
                id: call["id"]?.stringValue, name: name, signature: signature,
                arguments: call["args"]?.objectValue ?? [:])
        }
        if partial?.signature == nil { partial?.signature = signature }
        for piece in call["partialArgs"]?.arrayValue ?? [] { partial?.add(piece) }
        if call["willContinue"]?.boolValue != true { closePartial(plan: plan, ids: &ids, into: &events) }
    }

    private mutating func closePartial(
        plan: AnswerPlan, ids: inout GeminiCallIDs, into events: inout [GeminiEvent]
    ) {
        guard let call = partial else { return }
        partial = nil
        brokenArguments = brokenArguments || call.isBroken
        if plan.firstToolCallOnly, !calledNames.isEmpty { return }
        let name = plan.toolNames[call.name] ?? call.name
        calledNames.append(name)
        let finished = ChatToolCall(
            id: ids.next(given: call.id), name: name, arguments: call.text, thoughtSignature: call.signature)
        if held.isEmpty, !call.isBroken, plan.declaredTools.contains(name) {
            events.append(.call(finished))
        } else {
            held.append(finished)
        }
    }

    // MARK: The end

    /// Why this candidate makes the attempt a failed one; nil if it does not (yet).
    func failure(plan: AnswerPlan) -> ProviderFailure? {
        if brokenArguments { return Self.failure("The model's tool call could not be read.", code: nil) }
        guard let finishReason else { return nil }
        switch GeminiFinish(finishReason) {
        case .failed: break
        case .unexpectedToolCall where !hasCalls || !callsAreDeclared(plan): break
        case .stopWithContent where !hasText && !hasCalls: break
        default: return nil
        }
        let reason = finishMessage ?? "The model ended its answer with \(finishReason)."
        return Self.failure(ProviderMessage.clean(reason), code: finishReason)
    }

    /// - Parameter wasBlocked: the prompt was refused, which ends a candidate without a reason of its own.
    func finish(wasBlocked: Bool) -> FinishReason {
        guard let finishReason else { return wasBlocked ? .contentFilter : hasCalls ? .toolCalls : .stop }
        switch GeminiFinish(finishReason) {
        case .length: return .length
        case .contentFilter: return .contentFilter
        default: return hasCalls ? .toolCalls : .stop
        }
    }

    private var hasCalls: Bool { !calledNames.isEmpty || partial != nil }

    private func callsAreDeclared(_ plan: AnswerPlan) -> Bool {
        var names = calledNames
        if let partial { names.append(plan.toolNames[partial.name] ?? partial.name) }
        return plan.declaredTools.isSuperset(of: names)
    }

    private static func failure(_ message: String, code: String?) -> ProviderFailure {
        ProviderFailure(.modelFailure, upstreamStatus: 200, message: message, code: code)
    }
}
