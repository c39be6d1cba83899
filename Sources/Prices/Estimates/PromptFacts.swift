package import Dialects
import WireJSON

/// What an estimate needs to know of a request, whatever its target: read once, from the ranges that the scan of the
/// body has found. Nothing is decoded unless a prompt holds images, audio or files.
package struct PromptFacts: Sendable, Hashable {
    package var endpoint: Endpoint
    /// Bytes of JSON text that the model reads: messages, prompt or input, tools, schemas. Quotes, escapes and member
    /// names count too: they stand for the tokens that frame a message, and the learned ratio evens out the rest.
    package var textBytes = 0
    /// Tokens the client sent as numbers (`prompt` and `input` may be arrays of them).
    package var tokenIDs = 0
    /// Bounded by ``MediaSearch/limit``.
    package var media: [PromptMedia] = []
    /// Answers asked for: `n` (or `best_of`), times the prompts of a `/v1/completions` request. At least 1.
    package var choices = 1
    /// The client's cap per answer: `max_completion_tokens`, else `max_tokens`.
    package var maxTokens: Int?

    package init(endpoint: Endpoint) {
        self.endpoint = endpoint
    }

    /// Never fails: what is malformed counts as text, or not at all.
    package init(_ request: ClientRequest) {
        self.init(endpoint: request.endpoint)
        var reading = Reading()
        for member in request.members.all {
            let range = member.value.clamped(to: request.body.indices)
            guard !range.isEmpty, let name = PromptMember(member, in: request.body) else { continue }
            read(name, range, in: request.body, &reading)
        }
        choices = Self.product(max(1, reading.n, reading.bestOf), reading.prompts)
        maxTokens = reading.maxCompletionTokens ?? reading.maxTokens
    }

    private struct Reading {
        var n = 1
        var bestOf = 1
        var prompts = 1
        var maxTokens: Int?
        var maxCompletionTokens: Int?
    }

    private mutating func read(_ name: PromptMember, _ range: Range<Int>, in body: [UInt8], _ reading: inout Reading) {
        switch name {
        case .messages:
            let search = MediaSearch(range, in: body)
            media = search.found
            textBytes += range.count - search.bytes
        case .prompt, .input:
            let texts = TextList(range, in: body)
            textBytes += texts.textBytes
            tokenIDs += texts.tokenIDs
            if name == .prompt { reading.prompts = texts.count }
        case .text: textBytes += range.count
        case .n: reading.n = Self.count(range, in: body) ?? 1
        case .bestOf: reading.bestOf = Self.count(range, in: body) ?? 1
        case .maxTokens: reading.maxTokens = Self.count(range, in: body)
        case .maxCompletionTokens: reading.maxCompletionTokens = Self.count(range, in: body)
        }
    }

    private static func count(_ range: Range<Int>, in body: [UInt8]) -> Int? {
        // Nearly always a few digits, which need no text of their own.
        var value = 0
        for byte in body[range] {
            guard range.count <= 15, byte &- UInt8(ascii: "0") < 10 else {
                return JSONSlice.int(range, in: body).map { min(max(0, $0), TokenUsage.maximumTokens) }
            }
            value = value * 10 + Int(byte &- UInt8(ascii: "0"))
        }
        return min(value, TokenUsage.maximumTokens)
    }

    static func product(_ first: Int, _ second: Int) -> Int {
        let (value, overflow) = first.multipliedReportingOverflow(by: second)
        return overflow ? TokenUsage.maximumTokens : min(value, TokenUsage.maximumTokens)
    }
}
