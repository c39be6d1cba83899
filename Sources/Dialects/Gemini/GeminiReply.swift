import WireJSON

/// An answer read piece by piece: one document for a whole answer, many for a stream.
struct GeminiReply {
    /// Something one choice says.
    typealias Saying = (choice: Int, event: GeminiEvent)

    /// More candidates than can be asked for are not read.
    private static let maxCandidates = 128

    let plan: AnswerPlan
    private let head: AnswerHead
    private var metadata = GeminiUsage()
    private var candidates: [GeminiCandidate] = []
    private var ids: GeminiCallIDs
    private var wasBlocked = false
    private var responseID: String?
    private var modelVersion: String?
    private(set) var thoughts: [ThoughtRecord] = []

    init(plan: AnswerPlan, head: AnswerHead) {
        self.plan = plan
        self.head = head
        ids = GeminiCallIDs(seed: plan.idSeed)
    }

    var usage: TokenUsage? { metadata.tokens }

    /// The provider's id with OpenAI's prefix.
    var answerID: String? {
        responseID.map { (plan.endpoint == .completions ? "cmpl-" : "chatcmpl-") + $0 }
    }

    /// The model that answered, which for an alias is another one than was asked.
    var model: String? {
        modelVersion.map { $0.hasPrefix("models/") ? String($0.dropFirst(7)) : $0 }
    }

    /// Whether every candidate seen (or the refused prompt) has come to its end.
    var isFinished: Bool {
        wasBlocked || (!candidates.isEmpty && candidates.allSatisfy { $0.finishReason != nil })
    }

    /// Reads one document.
    /// - Throws: the provider's error, or the failure a candidate ended with; then nothing of this document
    ///   is to be shown, which keeps a fallback open.
    mutating func read(_ document: JSONValue) throws(ProviderFailure) -> [Saying] {
        if let metadata = document["usageMetadata"] { self.metadata.merge(metadata) }
        if let error = document["error"], !error.isNull {
            throw GeminiError.failure(error: error, status: 200, head: head)
        }
        if responseID == nil { responseID = Self.text(document["responseId"]) }
        if modelVersion == nil { modelVersion = Self.text(document["modelVersion"]) }
        if let reason = document["promptFeedback"]?["blockReason"], !reason.isNull { wasBlocked = true }
        var sayings: [Saying] = []
        for (position, candidate) in (document["candidates"]?.arrayValue ?? []).enumerated() {
            let index = candidate["index"]?.intValue ?? position
            guard 0..<Self.maxCandidates ~= index else { continue }
            let slot = slot(of: index)
            let events = candidates[slot].read(candidate, plan: plan, ids: &ids)
            if let failure = candidates[slot].failure(plan: plan) { throw failure }
            sayings += note(events, of: index)
        }
        return sayings
    }

    /// The body has ended.
    /// - Parameter isWhole: one document for the whole answer, where a missing finish reason means the
    ///   unspecified one; in a stream it means that the stream was cut.
    /// - Returns: what was held back, and the finish reason of each choice in order.
    mutating func close(
        isWhole: Bool
    ) throws(ProviderFailure) -> (rest: [Saying], finishes: [(choice: Int, reason: FinishReason)]) {
        if candidates.isEmpty, wasBlocked { candidates = [GeminiCandidate(index: 0)] }
        guard !candidates.isEmpty, isWhole || isFinished else {
            let message =
                isWhole ? "The provider answered without a candidate." : "The provider's stream ended too early."
            throw ProviderFailure(isWhole ? .server : .streamBroken, upstreamStatus: head.status, message: message)
        }
        var rest: [Saying] = []
        var finishes: [(choice: Int, reason: FinishReason)] = []
        for slot in candidates.indices {
            let events = candidates[slot].flush(plan: plan, ids: &ids)
            if let failure = candidates[slot].failure(plan: plan) { throw failure }
            rest += note(events, of: candidates[slot].index)
            finishes.append((candidates[slot].index, candidates[slot].finish(wasBlocked: wasBlocked)))
        }
        return (rest, finishes)
    }

    /// Remembers the signatures of calls under the ids the client will see.
    private mutating func note(_ events: [GeminiEvent], of index: Int) -> [Saying] {
        for case .call(let call) in events {
            guard let signature = call.thoughtSignature, !signature.isEmpty else { continue }
            thoughts.append(ThoughtRecord(toolCallID: call.id, kind: .gemini, payload: signature))
        }
        return events.map { (index, $0) }
    }

    /// Where the candidate is kept; candidates stay ordered by index.
    private mutating func slot(of index: Int) -> Int {
        let slot = candidates.firstIndex { $0.index >= index } ?? candidates.endIndex
        if slot == candidates.endIndex || candidates[slot].index != index {
            candidates.insert(GeminiCandidate(index: index), at: slot)
        }
        return slot
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.stringValue, !text.isEmpty else { return nil }
        return text
    }
}
