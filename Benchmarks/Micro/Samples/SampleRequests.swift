import Dialects
import WireJSON

/// Requests as clients send them.
enum SampleRequests {
    /// About 0.5 KB: one question.
    static let short = chat(model: "gpt-4o-mini", messages: question)

    /// The same as a stream.
    static let shortStream = chat(model: "gpt-4o-mini", stream: true, messages: question)

    /// About 100 KB: a long conversation.
    static let long = chat(
        model: "gpt-4o-mini",
        messages: (0..<40).map { message($0.isMultiple(of: 2) ? "user" : "assistant", SampleText.prose(bytes: 2400)) })

    /// About 3 KB: the second turn of a tool loop, with three tools.
    static let tools = chat(
        model: "gpt-4o-mini",
        messages: [
            message("user", "What is the weather in Lisbon and in Porto, and which is warmer?"),
            [
                "role": "assistant", "content": nil,
                "tool_calls": [
                    toolCall("call_0a1b2c3d4e5f", city: "Lisbon"), toolCall("call_5f4e3d2c1b0a", city: "Porto"),
                ],
            ],
            toolResult("call_0a1b2c3d4e5f", #"{"temperature":21.5,"unit":"celsius","sky":"clear"}"#),
            toolResult("call_5f4e3d2c1b0a", #"{"temperature":17,"unit":"celsius","sky":"rain"}"#),
        ],
        more: ["tools": .array(["get_weather", "get_forecast", "get_tides"].map(tool))])

    static func checked(_ body: [UInt8]) throws -> ClientRequest {
        try ClientRequest(checking: body, endpoint: .chatCompletions)
    }

    static func target(_ kind: ProviderKind, _ model: String) -> Target {
        Target(
            provider: kind.rawValue, kind: kind, baseURL: kind.defaultBaseURL ?? "http://127.0.0.1", model: model,
            capabilities: CapabilityTable.shared.capabilities(kind: kind, model: model))
    }

    /// What the gateway hands to every translation.
    static let context = CallContext(created: 1_764_000_000, idSeed: "0123456789abcdef0123456789abcdef")

    // MARK: Parts

    private static let question = [
        message("system", "You are a helpful assistant. Answer in one short paragraph."),
        message("user", SampleText.prose(bytes: 260)),
    ]

    private static func chat(
        model: String, stream: Bool = false, messages: [JSONValue], more: JSONObject = [:]
    ) -> [UInt8] {
        var body: JSONObject = [
            "model": .string(model), "messages": .array(messages), "temperature": 0.7, "max_tokens": 512,
        ]
        if stream { body["stream"] = true }
        for (key, value) in more { body[key] = value }
        return JSONValue.object(body).bytes
    }

    private static func message(_ role: String, _ content: String) -> JSONValue {
        ["role": .string(role), "content": .string(content)]
    }

    private static func toolCall(_ id: String, city: String) -> JSONValue {
        [
            "id": .string(id), "type": "function",
            "function": ["name": "get_weather", "arguments": .string(#"{"city":"\#(city)","unit":"celsius"}"#)],
        ]
    }

    private static func toolResult(_ id: String, _ content: String) -> JSONValue {
        ["role": "tool", "tool_call_id": .string(id), "content": .string(content)]
    }

    private static func tool(_ name: String) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(name), "description": .string(SampleText.prose(bytes: 160)),
                "parameters": [
                    "type": "object",
                    "properties": [
                        "city": ["type": "string", "description": "Name of a city, in any language."],
                        "unit": ["type": "string", "enum": ["celsius", "fahrenheit"]],
                        "days": ["type": "integer", "minimum": 1, "maximum": 14],
                    ],
                    "required": ["city"], "additionalProperties": false,
                ],
            ],
        ]
    }
}
