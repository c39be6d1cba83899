import Dialects
import WireJSON

/// Whether a whole answer keeps OpenAI's format (contracts, sections 1.3 and 1.5). Every function returns
/// what is wrong, empty when all is well:
///
///     #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
enum OpenAIAnswerCheck {
    static let finishReasons: Set<String> = ["stop", "length", "tool_calls", "content_filter", "function_call"]

    static func problems(in body: [UInt8], endpoint: Endpoint = .chatCompletions) -> [String] {
        let answer: JSONValue
        do {
            answer = try JSONValue(parsing: body)
        } catch {
            return ["not JSON: \(error)"]
        }
        return endpoint == .embeddings ? embeddings(answer) : completion(answer, endpoint: endpoint)
    }

    /// The rules of ``WireError``'s envelope.
    static func envelopeProblems(in body: [UInt8]) -> [String] {
        guard let root = (try? JSONValue(parsing: body))?.objectValue else { return ["not a JSON object"] }
        var problems: [String] = root.keys == ["error"] ? [] : ["members of the envelope: \(root.keys)"]
        let error = root["error"]
        if error?["message"]?.stringValue?.isEmpty != false { problems.append("error.message is missing or empty") }
        if error?["type"]?.stringValue?.isEmpty != false { problems.append("error.type is missing or empty") }
        for name in ["param", "code"] {
            guard let value = error?[name] else {
                problems.append("error.\(name) is absent; null is required")
                continue
            }
            if !value.isNull, value.stringValue == nil { problems.append("error.\(name) is a \(value.typeName)") }
        }
        return problems
    }

    /// The rules of the usage member.
    static func usageProblems(_ usage: JSONValue?, completionRequired: Bool = true) -> [String] {
        guard let usage, usage.objectValue != nil else { return ["usage is not an object"] }
        var problems: [String] = []
        let names = ["prompt_tokens", "total_tokens"] + (completionRequired ? ["completion_tokens"] : [])
        for name in names where (usage[name]?.intValue ?? -1) < 0 {
            problems.append("usage.\(name) is missing or negative")
        }
        let prompt = usage["prompt_tokens"]?.intValue ?? 0
        if let cached = usage["prompt_tokens_details"]?["cached_tokens"]?.intValue, !(0...prompt ~= cached) {
            problems.append("cached_tokens \(cached) of \(prompt) prompt tokens")
        }
        return problems
    }

    private static func completion(_ answer: JSONValue, endpoint: Endpoint) -> [String] {
        let isChat = endpoint == .chatCompletions
        var problems: [String] = []
        if answer["id"]?.stringValue?.isEmpty != false { problems.append("id is missing or empty") }
        let object = isChat ? "chat.completion" : "text_completion"
        if answer["object"]?.stringValue != object { problems.append("object is not \(object)") }
        if answer["created"]?.intValue == nil { problems.append("created is not an integer") }
        if answer["model"]?.stringValue?.isEmpty != false { problems.append("model is missing or empty") }
        if let usage = answer["usage"], !usage.isNull { problems += usageProblems(usage) }
        guard let choices = answer["choices"]?.arrayValue, !choices.isEmpty else {
            return problems + ["choices is missing or empty"]
        }
        for (position, choice) in choices.enumerated() {
            if choice["index"]?.intValue != position { problems.append("choices[\(position)].index is wrong") }
            let finish = choice["finish_reason"]?.stringValue ?? "(none)"
            if !finishReasons.contains(finish) { problems.append("finish_reason \(finish)") }
            if isChat {
                problems += message(choice["message"], finish: finish)
            } else if choice["text"]?.stringValue == nil {
                problems.append("choices[\(position)].text is not a string")
            }
        }
        return problems
    }

    private static func message(_ message: JSONValue?, finish: String) -> [String] {
        guard let message = message?.objectValue else { return ["message is not an object"] }
        var problems: [String] = []
        if message["role"]?.stringValue != "assistant" { problems.append("message.role is not assistant") }
        for name in ["content", "refusal"] {
            guard let value = message[name] else {
                if name == "content" { problems.append("message.content is absent; null is required") }
                continue
            }
            if !value.isNull, value.stringValue == nil { problems.append("message.\(name) is a \(value.typeName)") }
        }
        let calls = message["tool_calls"]
        if let calls, calls.arrayValue?.isEmpty != false { problems.append("tool_calls is empty or no array") }
        if finish == "tool_calls", calls == nil { problems.append("finish_reason tool_calls without calls") }
        var ids: Set<String> = []
        for call in calls?.arrayValue ?? [] {
            let id = call["id"]?.stringValue ?? ""
            if id.isEmpty || !ids.insert(id).inserted { problems.append("tool call id '\(id)' is empty or repeated") }
            if call["type"]?.stringValue != "function" { problems.append("tool call type is not function") }
            if call["index"] != nil { problems.append("a whole answer's tool call has no index") }
            if call["function"]?["name"]?.stringValue?.isEmpty != false { problems.append("tool call without a name") }
            if let arguments = call["function"]?["arguments"]?.stringValue {
                if finish == "tool_calls", (try? JSONValue(parsing: arguments)) == nil {
                    problems.append("arguments are not JSON: \(arguments)")
                }
            } else {
                problems.append("tool call arguments are not a string")
            }
        }
        return problems
    }

    private static func embeddings(_ answer: JSONValue) -> [String] {
        var problems: [String] = []
        if answer["object"]?.stringValue != "list" { problems.append("object is not list") }
        if answer["model"]?.stringValue?.isEmpty != false { problems.append("model is missing or empty") }
        problems += usageProblems(answer["usage"], completionRequired: false)
        guard let data = answer["data"]?.arrayValue else { return problems + ["data is not an array"] }
        for (position, entry) in data.enumerated() {
            if entry["object"]?.stringValue != "embedding" { problems.append("data[\(position)].object is wrong") }
            if entry["index"]?.intValue != position { problems.append("data[\(position)].index is wrong") }
            let vector = entry["embedding"]
            if vector?.arrayValue == nil, vector?.stringValue == nil { problems.append("data[\(position)] is empty") }
        }
        return problems
    }
}
