import WireJSON

/// What a top-level member of a request may hold. One table serves every request, whichever provider it goes to.
enum ParameterRule: Sendable {
    case boolean
    case string
    case object
    case array
    case stringOrObject
    case integer(ClosedRange<Int>)
    case decimal(ClosedRange<Int>)
    /// `stop`: a string or at most four.
    case stop
    case tools
    /// An object with a `type`.
    case typedObject
    /// `tool_choice`: a word or an object with a `type`.
    case toolChoice
    /// `logprobs`: a switch in chat, a number in completions.
    case logprobs
    /// `max_tokens`: chat wants one at least, completions take 0 (with `echo`).
    case maxTokens
    case model
    case stream
    case streamOptions
    case messages
    case prompt
    case input

    /// 32-bit in providers' own checks; also keeps token arithmetic far from overflow.
    static let largest = Int(Int32.max)

    /// The rule for a member name without escapes; nil for names that are not checked. (Unknown members are
    /// the provider's to judge.)
    static func named(_ name: ArraySlice<UInt8>, endpoint: Endpoint) -> ParameterRule? {
        guard name.count < table.count else { return nil }
        for entry in table[name.count] where entry.name.equals(name) {
            switch (entry.rule, endpoint) {
            case (.messages, .chatCompletions), (.prompt, .completions), (.input, .embeddings): return entry.rule
            case (.messages, _), (.prompt, _), (.input, _): return nil
            default: return entry.rule
            }
        }
        return nil
    }

    private struct Entry: Sendable {
        let name: StaticString
        let rule: ParameterRule

        init(_ name: StaticString, _ rule: ParameterRule) {
            self.name = name
            self.rule = rule
        }
    }

    /// Entries by length of the name.
    private static let table: [[Entry]] = {
        let longest = entries.map(\.name.utf8CodeUnitCount).max() ?? 0
        var table = [[Entry]](repeating: [], count: longest + 1)
        for entry in entries { table[entry.name.utf8CodeUnitCount].append(entry) }
        return table
    }()

    /// Contracts, section 1.3 and 1.5. Most frequent first within a length.
    private static let entries: [Entry] = [
        Entry("model", .model), Entry("messages", .messages), Entry("prompt", .prompt), Entry("input", .input),
        Entry("stream", .stream), Entry("stream_options", .streamOptions),
        Entry("max_tokens", .maxTokens), Entry("max_completion_tokens", .integer(1...largest)),
        Entry("temperature", .decimal(0...2)), Entry("top_p", .decimal(0...1)), Entry("top_k", .integer(-1...largest)),
        Entry("frequency_penalty", .decimal(-2...2)), Entry("presence_penalty", .decimal(-2...2)),
        Entry("n", .integer(1...128)), Entry("stop", .stop), Entry("seed", .integer(Int.min...Int.max)),
        Entry("logprobs", .logprobs), Entry("top_logprobs", .integer(0...20)), Entry("logit_bias", .object),
        Entry("tools", .tools), Entry("tool_choice", .toolChoice), Entry("parallel_tool_calls", .boolean),
        Entry("functions", .array), Entry("function_call", .stringOrObject),
        Entry("response_format", .typedObject), Entry("reasoning_effort", .string), Entry("user", .string),
        Entry("safety_identifier", .string), Entry("service_tier", .string), Entry("metadata", .object),
        Entry("store", .boolean), Entry("modalities", .array), Entry("prompt_cache_key", .string),
        Entry("verbosity", .string),
        Entry("echo", .boolean), Entry("suffix", .string), Entry("best_of", .integer(1...128)),
        Entry("encoding_format", .string), Entry("dimensions", .integer(1...largest)),
    ]
}
