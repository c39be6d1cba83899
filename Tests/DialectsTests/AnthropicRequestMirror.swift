import Dialects
import WireJSON

/// A recorded Anthropic request, turned back into what an OpenAI client would have sent for it. Translating that must
/// give the recorded request again: one that the provider is known to have accepted.
struct AnthropicRequestMirror {
    /// The members of the client's request.
    private(set) var members: JSONObject = [:]
    /// Thinking to be remembered, by the id of the call.
    private(set) var thoughts: [String: ThoughtRecord] = [:]
    private var messages: [JSONValue] = []

    /// nil for what OpenAI's format cannot say: tools on Anthropic's side, citations.
    init?(_ request: JSONValue) {
        guard !request.text.contains("\"citations\""), let turns = request["messages"]?.arrayValue else { return nil }
        let tools = request["tools"]?.arrayValue ?? []
        guard !tools.contains(where: { $0["type"] != nil }) else { return nil }
        if let system = request["system"] { messages.append(["role": "system", "content": system]) }
        for turn in turns {
            let blocks = Self.blocks(turn["content"])
            if turn["role"] == "user" { addUser(blocks) } else { addAssistant(blocks) }
        }
        members = ["messages": .array(messages)]
        for name in ["model", "max_tokens", "temperature", "top_p", "top_k", "thinking", "stream"] {
            members[name] = request[name]
        }
        members["stop"] = request["stop_sequences"]
        members["reasoning_effort"] = request["output_config"]?["effort"]
        if let schema = request["output_config"]?["format"]?["schema"] {
            members["response_format"] = ["type": "json_schema", "json_schema": ["name": "x", "schema": schema]]
        }
        if !tools.isEmpty { members["tools"] = .array(tools.map(Self.tool)) }
        switch request["tool_choice"]?["type"] {
        case "any"?: members["tool_choice"] = "required"
        case "tool"?:
            members["tool_choice"] = [
                "type": "function", "function": ["name": request["tool_choice"]?["name"] ?? .null],
            ]
        case let type: members["tool_choice"] = type
        }
    }

    private static func blocks(_ content: JSONValue?) -> [JSONValue] {
        content?.arrayValue ?? [["type": "text", "text": content ?? .null]]
    }

    private mutating func addUser(_ blocks: [JSONValue]) {
        var parts: [JSONValue] = []
        for block in blocks {
            guard block["type"] == "tool_result" else {
                parts.append(Self.part(block))
                continue
            }
            var content = Self.blocks(block["content"])
            if let control = block["cache_control"], case .object(var last)? = content.popLast() {
                last["cache_control"] = control
                content.append(.object(last))
            }
            messages.append([
                "role": "tool", "tool_call_id": block["tool_use_id"] ?? .null, "content": .array(content),
            ])
        }
        if !parts.isEmpty { messages.append(["role": "user", "content": .array(parts)]) }
    }

    private mutating func addAssistant(_ blocks: [JSONValue]) {
        var message: JSONObject = ["role": "assistant"]
        let texts = blocks.filter { $0["type"] == "text" }
        let calls = blocks.filter { $0["type"] == "tool_use" }
        if !texts.isEmpty { message["content"] = .array(texts) }
        if !calls.isEmpty {
            message["tool_calls"] = .array(
                calls.map {
                    AnthropicCase.toolCall(
                        $0["id"]?.stringValue ?? "", $0["name"]?.stringValue ?? "", $0["input"]?.text ?? "")
                })
            let thinking = JSONValue.array(blocks.filter { ["thinking", "redacted_thinking"].contains($0["type"]) })
            let id = calls[0]["id"]?.stringValue ?? ""
            thoughts[id] = ThoughtRecord(toolCallID: id, kind: .anthropic, payload: thinking.text)
        }
        messages.append(.object(message))
    }

    private static func part(_ block: JSONValue) -> JSONValue {
        let source = block["source"]
        let data =
            "data:\(source?["media_type"]?.stringValue ?? "");base64,\(source?["data"]?.stringValue ?? "")"
        var part: JSONObject
        switch block["type"] {
        case "image"?: part = ["type": "image_url", "image_url": ["url": .string(data)]]
        case "document"?:
            var file: JSONObject = ["file_data": .string(data)]
            file["filename"] = block["title"]
            part = ["type": "file", "file": .object(file)]
        default: return block
        }
        part["cache_control"] = block["cache_control"]
        return .object(part)
    }

    private static func tool(_ tool: JSONValue) -> JSONValue {
        var function: JSONObject = ["name": tool["name"] ?? .null]
        function["description"] = tool["description"]
        function["parameters"] = tool["input_schema"]
        function["strict"] = tool["strict"]
        var outer: JSONObject = ["type": "function", "function": .object(function)]
        outer["cache_control"] = tool["cache_control"]
        return .object(outer)
    }

    // MARK: Comparing

    /// The request without what makes no difference, and without what a client of OpenAI's format cannot send back:
    /// thinking of turns that called no tool.
    static func normalized(_ request: JSONValue) -> JSONValue {
        guard case .object(var request) = request else { return request }
        if request["stream"] == false { request["stream"] = nil }
        // The only one allowed beside thinking is the default.
        if request["thinking"] != nil { request["temperature"] = nil }
        if request["tool_choice"] == ["type": "auto"] { request["tool_choice"] = nil }
        if request["tools"] == [] { request["tools"] = nil }
        if let system = request["system"] { request["system"] = .array(blocks(system)) }
        request["messages"] = .array(
            (request["messages"]?.arrayValue ?? []).map { turn in
                let all = blocks(turn["content"])
                let isCalling = all.contains { $0["type"] == "tool_use" }
                let kept = all.filter {
                    (isCalling || !["thinking", "redacted_thinking"].contains($0["type"])) && $0["text"] != " "
                }
                return ["role": turn["role"] ?? .null, "content": .array(kept.map(normalized(block:)))]
            })
        return .object(request)
    }

    private static func normalized(block: JSONValue) -> JSONValue {
        guard case .object(var members) = block, members["type"] == "tool_result" else { return block }
        members["content"] = .array(blocks(members["content"]))
        if members["is_error"] == false { members["is_error"] = nil }
        return .object(members)
    }
}
