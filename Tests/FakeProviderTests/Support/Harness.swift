import FakeProvider
import WireJSON

/// A running server and shortcuts to talk to it.
struct Harness: Sendable {
    let server: FakeProviderServer
    let port: Int

    /// Runs `body` against a new server and stops it, whatever happens.
    static func run(
        _ options: FakeProviderOptions = FakeProviderOptions(), _ body: (Harness) async throws -> Void
    ) async throws {
        let server = try FakeProviderServer(options: options)
        let port = try await server.start()
        do {
            try await body(Harness(server: server, port: port))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    func connect() async throws -> RawClient { try await RawClient.connect(port) }

    /// One request on a connection of its own.
    func exchange(
        _ method: String, _ path: String, _ headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> RawAnswer {
        let client = try await connect()
        try await client.request(method, path, headers, body: body)
        let answer = try await client.answer()
        await client.close()
        return answer
    }

    func post(_ path: String, _ body: JSONValue, _ headers: [String: String] = [:]) async throws -> RawAnswer {
        try await exchange("POST", path, headers, body: body.bytes)
    }

    func get(_ path: String, _ headers: [String: String] = [:]) async throws -> RawAnswer {
        try await exchange("GET", path, headers)
    }

    /// A chat in OpenAI's format with `x-fake: spec`.
    func chat(
        _ text: String = "say one two three", spec: String = "", stream: Bool = false,
        path: String = "/v1/chat/completions"
    ) async throws -> RawAnswer {
        try await post(path, Self.chatBody(text, stream: stream), spec.isEmpty ? [:] : ["x-fake": spec])
    }

    static func chatBody(_ text: String, stream: Bool = false, model: String = "test") -> JSONValue {
        [
            "model": .string(model), "stream": .bool(stream),
            "messages": [["role": "user", "content": .string(text)]],
        ]
    }

    func messages(_ text: String, spec: String = "", stream: Bool = false) async throws -> RawAnswer {
        try await post("/v1/messages", Self.messagesBody(text, stream: stream), Self.anthropicHeaders(spec))
    }

    static func messagesBody(_ text: String, stream: Bool = false) -> JSONValue {
        [
            "model": "claude-test", "max_tokens": 1000, "stream": .bool(stream),
            "messages": [["role": "user", "content": .string(text)]],
        ]
    }

    static func anthropicHeaders(_ spec: String = "") -> [String: String] {
        var headers = ["anthropic-version": "2023-06-01"]
        if !spec.isEmpty { headers["x-fake"] = spec }
        return headers
    }

    func gemini(_ text: String, spec: String = "", stream: Bool = false, model: String = "gemini-test") async throws
        -> RawAnswer
    {
        let method = stream ? "streamGenerateContent?alt=sse" : "generateContent"
        return try await post(
            "/v1beta/models/\(model):\(method)", ["contents": [["role": "user", "parts": [["text": .string(text)]]]]],
            spec.isEmpty ? [:] : ["x-fake": spec])
    }

    func webhook(_ mode: String, _ text: String = "say one two three", spec: String = "") async throws -> RawAnswer {
        try await post(
            "/webhook/\(mode)", ["chatInput": .string(text), "sessionId": "s"], spec.isEmpty ? [:] : ["x-fake": spec])
    }
}

/// A function tool with one required string `city`, in OpenAI's form.
func tool(_ name: String) -> JSONValue {
    ["type": "function", "function": ["name": .string(name), "parameters": citySchema]]
}

let citySchema: JSONValue = [
    "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
]

/// SplitMix64: the same seed gives the same test.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
