import WireJSON

/// The top-level members of a request that an edit may concern. nil for all others: they pass untouched.
enum RequestParameter {
    case model, messages, prompt, input, streamOptions, maxTokens, maxCompletionTokens, encodingFormat
    /// Rejected by models without sampling.
    case sampling
    /// Extensions of other services, which OpenAI answers with 400 `unknown_parameter`.
    case foreign
    /// OpenAI's own, unknown to others (contracts, section 1.3).
    case openAIOnly
    /// What Groq answers with 400.
    case logprobs, choices
    case reasoningEffort, serviceTier, includeReasoning

    init?(_ member: JSONMembers.Member, in body: [UInt8]) {
        guard !member.nameIsEscaped else {
            self.init(Array(JSONSlice.name(of: member, in: body).utf8)[...])
            return
        }
        self.init(body[member.name])
    }

    private init?(_ name: ArraySlice<UInt8>) {
        guard name.count < Self.table.count else { return nil }
        for entry in Self.table[name.count] where entry.name.equals(name) {
            self = entry.parameter
            return
        }
        return nil
    }

    private typealias Entry = (name: StaticString, parameter: RequestParameter)

    /// By length of the name.
    private static let table: [[Entry]] = {
        var table: [[Entry]] = []
        for entry in entries {
            let length = entry.name.utf8CodeUnitCount
            while table.count <= length { table.append([]) }
            table[length].append(entry)
        }
        return table
    }()

    private static let entries: [Entry] =
        [
            ("model", .model), ("messages", .messages), ("prompt", .prompt), ("input", .input),
            ("stream_options", .streamOptions), ("max_tokens", .maxTokens),
            ("max_completion_tokens", .maxCompletionTokens), ("encoding_format", .encodingFormat),
            ("temperature", .sampling), ("top_p", .sampling), ("n", .choices), ("logprobs", .logprobs),
            ("top_logprobs", .logprobs), ("logit_bias", .logprobs), ("reasoning_effort", .reasoningEffort),
            ("service_tier", .serviceTier), ("include_reasoning", .includeReasoning),
        ] + foreignNames.map { ($0, .foreign) } + openAINames.map { ($0, .openAIOnly) }

    /// OpenRouter's, Groq's, Anthropic's, vLLM's and Ollama's.
    private static let foreignNames: [StaticString] = [
        "provider", "models", "route", "transforms", "plugins", "reasoning", "usage", "preset",
        "reasoning_format", "search_settings", "compound_custom", "citation_options", "documents",
        "top_k", "thinking", "cache_control", "safety_settings", "extra_body", "min_p", "top_a",
        "repetition_penalty", "guided_json", "guided_regex", "guided_choice", "chat_template_kwargs",
        "keep_alive", "options", "think", "format",
    ]

    private static let openAINames: [StaticString] = [
        "verbosity", "modalities", "audio", "prediction", "web_search_options", "metadata", "store",
        "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "moderation",
    ]
}
