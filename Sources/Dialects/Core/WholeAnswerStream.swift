import WireJSON

/// For a provider that answered a stream request with one JSON body, or with an error body and status 200: collects
/// it, translates it whole and replays the answer as a stream.
package struct WholeAnswerStream: StreamTranslator {
    /// A body larger than this is refused: it has to be held in memory.
    package static let maximumBytes = 64 * 1024 * 1024

    package private(set) var usage: TokenUsage?
    package private(set) var thoughts: [ThoughtRecord] = []
    package var deliveredBytes: Int { writer.deliveredBytes }

    private let plan: AnswerPlan
    private let head: AnswerHead
    private let translate: @Sendable ([UInt8], AnswerHead, AnswerPlan) -> AnswerOutcome
    private var body: [UInt8] = []
    private var writer: ChatStreamWriter
    private var final: StreamState?

    /// - Parameter translate: the dialect's translation of a whole body.
    package init(
        plan: AnswerPlan, head: AnswerHead,
        translate: @escaping @Sendable (_ body: [UInt8], AnswerHead, AnswerPlan) -> AnswerOutcome
    ) {
        self.plan = plan
        self.head = head
        self.translate = translate
        writer = ChatStreamWriter(plan: plan)
    }

    package mutating func feed(_ bytes: [UInt8], into output: inout [UInt8]) -> StreamState {
        if let final { return final }
        guard body.count + bytes.count <= Self.maximumBytes else {
            body = []
            return fail("The provider's answer is too large.")
        }
        body += bytes
        return .waiting
    }

    package mutating func end(into output: inout [UInt8]) -> StreamState {
        if let final { return final }
        switch translate(body, head, plan) {
        case .failure(let failure):
            final = .failed(failure)
            return .failed(failure)
        case .answer(let answer):
            usage = answer.usage
            thoughts = answer.thoughts
            guard let value = try? JSONValue(parsing: answer.body), let choices = value["choices"]?.arrayValue,
                !choices.isEmpty
            else { return fail("The provider's answer holds no choices.") }
            replay(value, choices, into: &output)
            final = .complete
            return .complete
        }
    }

    private mutating func fail(_ message: String) -> StreamState {
        let state = StreamState.failed(ProviderFailure(.streamBroken, upstreamStatus: head.status, message: message))
        final = state
        return state
    }

    private mutating func replay(_ answer: JSONValue, _ choices: [JSONValue], into output: inout [UInt8]) {
        if let id = answer["id"]?.stringValue, !id.isEmpty { writer.id = id }
        if let model = answer["model"]?.stringValue, !model.isEmpty { writer.model = model }
        for (index, choice) in choices.enumerated() {
            replay(choice, index: index, into: &output)
            let reason = choice["finish_reason"]?.stringValue.flatMap(FinishReason.init(rawValue:)) ?? .stop
            writer.finishChoice(reason, choice: index, into: &output)
        }
        writer.finish(.stop, usage: usage ?? TokenUsage(openAIAnswer: answer), into: &output)
    }

    private mutating func replay(_ choice: JSONValue, index: Int, into output: inout [UInt8]) {
        guard let message = choice["message"] else {
            writer.text(choice["text"]?.stringValue ?? "", choice: index, into: &output)
            return
        }
        let reasoning = message["reasoning_content"] ?? message["reasoning"]
        writer.reasoning(reasoning?.stringValue ?? "", choice: index, into: &output)
        writer.text(message["content"]?.stringValue ?? "", choice: index, into: &output)
        writer.refusal(message["refusal"]?.stringValue ?? "", choice: index, into: &output)
        for call in message["tool_calls"]?.arrayValue ?? [] {
            let number = writer.toolCall(
                id: call["id"]?.stringValue ?? "", name: call["function"]?["name"]?.stringValue ?? "",
                thoughtSignature: call["extra_content"]?["google"]?["thought_signature"]?.stringValue, choice: index,
                into: &output)
            writer.toolArguments(
                call["function"]?["arguments"]?.stringValue ?? "", index: number, choice: index, into: &output)
        }
    }
}
