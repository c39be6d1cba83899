import Dialects
import Routing
import WireJSON

extension ClientRequest {
    /// Whether the answer is more than one text, so that nobody could continue it.
    var hasStructure: Bool {
        func isStated(_ name: StaticString, but harmless: String...) -> Bool {
            guard let member = members.member(name, in: body), member.kind != .null else { return false }
            return !harmless.contains(String(decoding: body[member.value].filter { $0 > 0x20 }, as: UTF8.self))
        }
        return isStated("tools", but: "[]") || isStated("functions", but: "[]")
            || isStated("response_format", but: #"{"type":"text"}"#) || isStated("n", but: "1")
            || isStated("logprobs", but: "false") || isStated("modalities", but: #"["text"]"#)
            || isStated("echo", but: "false")
    }

    /// Whether a model that takes the beginning of its answer would take it with this request: not while it thinks, and
    /// not where there are no messages.
    var takesPrefill: Bool {
        endpoint == .chatCompletions && members.member("reasoning_effort", in: body) == nil
            && members.member("thinking", in: body) == nil && members.member("reasoning", in: body) == nil
    }

    /// The same request with the beginning of its answer, to be continued. What that has used of the client's maximum is
    /// taken off, by the rule of thumb of four bytes a token.
    func continuing(_ prefill: String) throws(WireError) -> ClientRequest {
        guard endpoint == .chatCompletions, var members = (try? JSONValue(parsing: body))?.objectValue,
            let messages = members["messages"]?.arrayValue
        else { return self }
        members["messages"] = .array(messages + [["role": "assistant", "content": .string(prefill)]])
        for name in ["max_tokens", "max_completion_tokens"] {
            guard let limit = members[name]?.intValue else { continue }
            members[name] = .number(JSONNumber(max(1, limit - (prefill.utf8.count + 3) / 4)))
        }
        return try ClientRequest(checking: JSONValue.object(members).bytes, endpoint: endpoint)
    }
}
