import WireJSON

/// An answer of `/v1/messages` with `"stream": true` (contracts, section 2.1, table "Stream"): the framing, and when
/// it is over. What the events say is ``AnthropicReply``'s.
struct AnthropicStream: StreamTranslator {
    private var reader = SSEReader()
    private var reply: AnthropicReply
    private let head: AnswerHead
    /// Set when the answer is whole or lost; bytes that still come are ignored.
    private var over: StreamState?

    init(head: AnswerHead, plan: AnswerPlan) {
        self.head = head
        reply = AnthropicReply(plan: plan, head: head)
    }

    var usage: TokenUsage? { reply.usage }
    var thoughts: [ThoughtRecord] { reply.thoughts }
    var deliveredBytes: Int { reply.writer.deliveredBytes }

    mutating func feed(_ bytes: [UInt8], into output: inout [UInt8]) -> StreamState {
        if let over { return over }
        reader.feed(bytes)
        while over == nil {
            do throws(SSEError) {
                guard let event = try reader.next() else { break }
                take(event, into: &output)
            } catch {
                over = .failed(broken("The provider's stream holds an event that is too large."))
            }
        }
        return over ?? (reply.writer.hasOutput ? .flowing : .waiting)
    }

    mutating func end(into output: inout [UInt8]) -> StreamState {
        // A last event whose blank line is missing may be cut: it counts if it can be read.
        if over == nil, let event = reader.finish(), (try? JSONMembers(scanning: event.data)) != nil {
            take(event, into: &output)
        }
        if over == nil {
            // The stop reason is the end in substance: only the usage's repetition could follow.
            if reply.hasStopReason {
                finish(into: &output)
            } else {
                over = .failed(broken("The provider's stream ended before the answer was complete."))
            }
        }
        return over ?? .complete
    }

    private mutating func take(_ event: SSEEvent, into output: inout [UInt8]) {
        // `[DONE]` is what some relays add.
        if event.isComment || event.data.isEmpty || StaticString("[DONE]").equals(event.data[...]) { return }
        do throws(ProviderFailure) {
            if try reply.take(event.data, into: &output) { finish(into: &output) }
        } catch {
            over = .failed(error)
        }
    }

    private mutating func finish(into output: inout [UInt8]) {
        reply.finish(into: &output)
        over = .complete
    }

    private func broken(_ message: String) -> ProviderFailure {
        ProviderFailure(.streamBroken, upstreamStatus: head.status, message: message)
    }
}
