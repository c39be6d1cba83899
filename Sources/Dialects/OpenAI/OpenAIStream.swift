import WireJSON

/// A stream of server-sent events from a provider of OpenAI's family.
struct OpenAIStream: StreamTranslator {
    private var reader = SSEReader()
    private var relay: ChunkRelay
    /// Set when the answer is whole or lost; bytes that still come are ignored.
    private var over: StreamState?

    init(plan: AnswerPlan) {
        relay = ChunkRelay(plan: plan)
    }

    mutating func feed(_ bytes: [UInt8], into output: inout [UInt8]) -> StreamState {
        if let over { return over }
        reader.feed(bytes)
        while over == nil {
            do throws(SSEError) {
                guard let event = try reader.next() else { break }
                take(event, into: &output)
            } catch {
                over = .failed(OpenAIFailure.broken("The provider's stream holds an event that is too large."))
            }
        }
        return over ?? (relay.hasOutput ? .flowing : .waiting)
    }

    mutating func end(into output: inout [UInt8]) -> StreamState {
        if over == nil, let event = reader.finish() { take(event, into: &output) }
        if over == nil { end(isMarked: false, into: &output) }
        return over ?? .complete
    }

    var usage: TokenUsage? { UsageReading(relay.usageText)?.usage }
    var thoughts: [ThoughtRecord] { relay.thoughts }
    var deliveredBytes: Int { relay.deliveredBytes }

    private mutating func take(_ event: SSEEvent, into output: inout [UInt8]) {
        if event.isComment || event.data.isEmpty { return }
        if StaticString("[DONE]").equals(event.data[...]) {
            end(isMarked: true, into: &output)
            return
        }
        if event.name == "error" {
            over = .failed(OpenAIFailure.inside(event.data, relay.plan))
            return
        }
        do throws(ProviderFailure) {
            try relay.relay(event.data, into: &output)
        } catch {
            over = .failed(error)
        }
    }

    private mutating func end(isMarked: Bool, into output: inout [UInt8]) {
        do throws(ProviderFailure) {
            try relay.end(isMarked: isMarked, into: &output)
            over = .complete
        } catch {
            over = .failed(error)
        }
    }
}

extension ChunkRelay {
    /// One record per choice that called tools.
    var thoughts: [ThoughtRecord] {
        choices.compactMap { ReasoningDetails.record($0.reasoningDetails, firstCall: $0.tools.calls.first?.id) }
    }
}
