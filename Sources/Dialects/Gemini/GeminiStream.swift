import WireJSON

/// An answer of `streamGenerateContent`. The API has no end marker: the answer is whole when every
/// candidate has its finish reason *and* the body ends, since later chunks may still bring usage.
struct GeminiStream: StreamTranslator {
    private var framing = GeminiFraming()
    private var reply: GeminiReply
    private var writer: ChatStreamWriter
    private var final: StreamState?
    private var finalUsage: TokenUsage?

    init(head: AnswerHead, plan: AnswerPlan) {
        reply = GeminiReply(plan: plan, head: head)
        writer = ChatStreamWriter(plan: plan)
    }

    var usage: TokenUsage? { finalUsage ?? reply.usage }
    var thoughts: [ThoughtRecord] { reply.thoughts }
    var deliveredBytes: Int { writer.deliveredBytes }

    mutating func feed(_ bytes: [UInt8], into output: inout [UInt8]) -> StreamState {
        if let final { return final }
        framing.feed(bytes)
        do throws(ProviderFailure) {
            while let document = try framing.next() { try take(document, into: &output) }
        } catch {
            return end(with: .failed(error))
        }
        return writer.hasOutput ? .flowing : .waiting
    }

    mutating func end(into output: inout [UInt8]) -> StreamState {
        if let final { return final }
        do throws(ProviderFailure) {
            if let document = framing.finish() { try take(document, into: &output) }
            let (rest, finishes) = try reply.close(isWhole: false)
            identify()
            show(rest, into: &output)
            let usage =
                reply.usage
                ?? .estimate(promptBytes: reply.plan.promptBytes, completionBytes: writer.deliveredBytes)
            finalUsage = usage
            for (choice, reason) in finishes { writer.finishChoice(reason, choice: choice, into: &output) }
            writer.finish(.stop, usage: usage, into: &output)
            return end(with: .complete)
        } catch {
            return end(with: .failed(error))
        }
    }

    private mutating func end(with state: StreamState) -> StreamState {
        final = state
        return state
    }

    private mutating func take(_ document: [UInt8], into output: inout [UInt8]) throws(ProviderFailure) {
        // Some relays add OpenAI's end marker.
        if document.isEmpty || document.elementsEqual("[DONE]".utf8) { return }
        guard let value = try? JSONValue(parsing: document) else {
            // A cut after the finish reason has lost nothing but a repetition of the usage.
            if reply.isFinished { return }
            throw ProviderFailure(
                .streamBroken, upstreamStatus: 200, message: "The provider's stream could not be read.")
        }
        for value in value.arrayValue ?? [value] {
            let sayings = try reply.read(value)
            identify()
            show(sayings, into: &output)
        }
    }

    /// Id and model stay what they were in the first chunk shown.
    private mutating func identify() {
        guard !writer.hasOutput else { return }
        if let id = reply.answerID { writer.id = id }
        if let model = reply.model { writer.model = model }
    }

    private mutating func show(_ sayings: [GeminiReply.Saying], into output: inout [UInt8]) {
        for (choice, event) in sayings {
            switch event {
            case .text(let text): writer.text(text, choice: choice, into: &output)
            case .reasoning(let text): writer.reasoning(text, choice: choice, into: &output)
            case .call(let call):
                let index = writer.toolCall(
                    id: call.id, name: call.name, thoughtSignature: call.thoughtSignature, choice: choice,
                    into: &output)
                writer.toolArguments(call.arguments, index: index, choice: choice, into: &output)
            }
        }
    }
}
