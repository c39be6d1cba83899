package import WireJSON

/// `/v1/completions` for providers that only chat: the prompt becomes one user message. Answers go back in the old
/// shape by themselves (``ChatAnswerBuilder`` and ``ChatStreamWriter`` look at the plan's endpoint).
///
/// What chat cannot do is refused where it would change the answer (`echo`, `suffix`, several prompts, tokens), and
/// dropped where it would not (`best_of`, `logprobs`). The old default of 16 `max_tokens` is not applied: models that
/// think would answer nothing.
package enum CompletionsAdapter {
    /// The one prompt of a completions request.
    ///
    /// - Throws: 400 with `param` for a missing prompt and for what chat cannot do.
    package static func prompt(_ members: JSONObject) throws(WireError) -> String {
        try refuseUnsupported(members)
        switch members["prompt"] {
        case .string(let text)?: return text
        case .array(let prompts)?:
            guard let first = prompts.first else { throw .emptyArray("prompt") }
            guard case .string(let text) = first else { throw unsupported("prompt", "takes text, not tokens") }
            guard prompts.count == 1 else {
                throw unsupported("prompt", "answers one prompt per request, not several")
            }
            return text
        case nil, .null?: throw .missing("prompt")
        case let value?:
            throw .wrongType("prompt", expected: "one of a string or array of strings", got: value.typeWithArticle)
        }
    }

    /// The same request for `/v1/chat/completions`, for providers of OpenAI's family that have no
    /// `/v1/completions`. The answer's plan keeps the endpoint of the original.
    package static func chatRequest(from request: ClientRequest) throws(WireError) -> ClientRequest {
        var members: JSONObject
        do {
            members = try JSONValue(parsing: request.body, limits: .translatedRequest).objectValue ?? [:]
        } catch {
            throw WireError(error)
        }
        let messages: JSONValue = [["role": "user", "content": .string(try prompt(members))]]
        for name in ["prompt", "echo", "suffix", "best_of", "logprobs"] { members[name] = nil }
        members["messages"] = messages
        return try ClientRequest(checking: JSONValue.object(members).bytes, endpoint: .chatCompletions)
    }

    private static func refuseUnsupported(_ members: JSONObject) throws(WireError) {
        if members["echo"]?.boolValue == true { throw unsupported("echo", "cannot repeat the prompt") }
        if members["suffix"]?.stringValue?.isEmpty == false { throw unsupported("suffix", "cannot fill in text") }
    }

    private static func unsupported(_ param: String, _ reason: String) -> WireError {
        .invalidRequest(
            "Unsupported parameter: '\(param)' in this form is not supported with this model, which \(reason).",
            param: param, code: "unsupported_parameter")
    }
}
