import WireJSON

/// Writes messages and event streams in Anthropic's format.
struct AnthropicWriter {
    let context: AnswerContext
    let prompt: Prompt
    let reply: Reply

    private var id: String { context.id("msg_") }

    private func callID(_ index: Int) -> String { context.id("toolu_", index + 1) }

    private var stopReason: String {
        if reply.first.refusal != nil { return "refusal" }
        switch reply.first.finish {
        case .stop: return reply.first.stopSequence == nil ? "end_turn" : "stop_sequence"
        case .length: return "max_tokens"
        case .toolCalls: return "tool_use"
        case .contentFilter: return "refusal"
        }
    }

    private var stopSequence: JSONValue { reply.first.stopSequence.map { .string($0) } ?? .null }

    var headers: [FakeHeader] {
        let limits = ["requests", "tokens", "input-tokens", "output-tokens"].flatMap { name in
            [
                FakeHeader("anthropic-ratelimit-\(name)-limit", "10000"),
                FakeHeader("anthropic-ratelimit-\(name)-remaining", "9999"),
                FakeHeader("anthropic-ratelimit-\(name)-reset", "2026-01-02T03:04:05Z"),
            ]
        }
        return [FakeHeader("request-id", context.id("req_"))] + limits
    }

    /// Input tokens leave cached ones out, unlike OpenAI's prompt tokens.
    private func usage(output: Int?) -> JSONObject {
        let numbers = reply.usage
        var usage: JSONObject = [
            "input_tokens": .number(JSONNumber(max(0, numbers.prompt &- numbers.cached))),
            "cache_creation_input_tokens": 0, "cache_read_input_tokens": .number(JSONNumber(numbers.cached)),
            "output_tokens": .number(JSONNumber(output ?? numbers.completion)),
        ]
        if output == nil, numbers.reasoning > 0 {
            usage["output_tokens_details"] = ["thinking_tokens": .number(JSONNumber(numbers.reasoning))]
        }
        return usage
    }

    private func message(_ content: [JSONValue], stop: JSONValue, usage: JSONObject) -> JSONObject {
        var message: JSONObject = [
            "model": .string(prompt.model), "id": .string(id), "type": "message", "role": "assistant",
            "content": .array(content), "stop_reason": stop, "stop_sequence": stop.isNull ? .null : stopSequence,
        ]
        if context.behaviour.usage != .omitted { message["usage"] = .object(usage) }
        return message
    }

    // MARK: Whole

    func whole() -> FakeAnswer {
        var content: [JSONValue] = []
        if !reply.thoughts.isEmpty {
            content.append(
                ["type": "thinking", "thinking": .string(reply.thoughts.joined()), "signature": "fake-signature"])
        }
        if let refusal = reply.first.refusal {
            content.append(["type": "text", "text": .string(refusal)])
        } else if reply.first.calls.isEmpty || !reply.first.pieces.isEmpty {
            content.append(["type": "text", "text": .string(reply.first.text)])
        }
        for (index, call) in reply.first.calls.enumerated() {
            content.append(
                [
                    "type": "tool_use", "id": .string(callID(index)), "name": .string(call.name),
                    "input": call.arguments,
                ])
        }
        return .json(.object(message(content, stop: .string(stopReason), usage: usage(output: nil))), headers: headers)
    }

    // MARK: Stream

    func stream() -> FakeAnswer {
        var frames = FrameBuffer()
        let start = message([], stop: .null, usage: usage(output: 1))
        event(&frames, .opening, "message_start", ["message": .object(start)])
        let pings = context.behaviour.pings ?? 1
        var index = 0
        if !reply.thoughts.isEmpty { addThoughts(&frames, &index) }
        if reply.first.calls.isEmpty {
            open(&frames, index, ["type": "text", "text": ""])
            for _ in 0..<pings { addPing(&frames) }
            let pieces = reply.first.refusal.map { ReplyBuilder.words($0) } ?? reply.first.pieces
            for piece in pieces { delta(&frames, index, "text_delta", "text", piece) }
            close(&frames, index)
        } else {
            for _ in 0..<pings { addPing(&frames) }
        }
        for (number, call) in reply.first.calls.enumerated() { addCall(&frames, index + number, number, call) }
        var change: JSONObject = ["stop_reason": .string(stopReason), "stop_sequence": stopSequence]
        if stopReason == "refusal" { change["stop_details"] = ["type": "refusal", "category": "fake"] }
        var last: JSONObject = ["delta": .object(change)]
        if context.behaviour.usage != .omitted { last["usage"] = .object(usage(output: nil)) }
        event(&frames, .ending, "message_delta", last)
        event(&frames, .marker, "message_stop", [:])
        let types = [
            FakeHeader("content-type", "text/event-stream; charset=utf-8"), FakeHeader("cache-control", "no-cache"),
        ]
        return FakeAnswer(headers: types + headers, body: frames, isStream: true)
    }

    private func addThoughts(_ frames: inout FrameBuffer, _ index: inout Int) {
        open(&frames, index, ["type": "thinking", "thinking": "", "signature": ""])
        for thought in reply.thoughts { delta(&frames, index, "thinking_delta", "thinking", thought) }
        delta(&frames, index, "signature_delta", "signature", "fake-signature", kind: .opening)
        close(&frames, index)
        index += 1
    }

    /// The first fragment is empty; a call without arguments sends nothing else.
    private func addCall(_ frames: inout FrameBuffer, _ index: Int, _ number: Int, _ call: Reply.Call) {
        open(
            &frames, index,
            ["type": "tool_use", "id": .string(callID(number)), "name": .string(call.name), "input": .object([:])])
        delta(&frames, index, "input_json_delta", "partial_json", "", kind: .opening)
        if call.arguments.objectValue?.isEmpty == false {
            let text = call.arguments.text
            for fragment in ReplyBuilder.parts(of: text, bytes: max(6, text.utf8.count / 4)) {
                delta(&frames, index, "input_json_delta", "partial_json", fragment)
            }
        }
        close(&frames, index)
    }

    private func open(_ frames: inout FrameBuffer, _ index: Int, _ block: JSONValue) {
        event(
            &frames, .opening, "content_block_start",
            ["index": .number(JSONNumber(index)), "content_block": block])
    }

    private func close(_ frames: inout FrameBuffer, _ index: Int) {
        event(&frames, .ending, "content_block_stop", ["index": .number(JSONNumber(index))])
    }

    private func addPing(_ frames: inout FrameBuffer) {
        frames.add(.opening) { $0.add("event: ping\ndata: {\"type\": \"ping\"}\n\n") }
    }

    private func delta(
        _ frames: inout FrameBuffer, _ index: Int, _ type: String, _ member: String, _ text: String,
        kind: FrameBuffer.Frame.Kind = .content
    ) {
        frames.add(kind) { bytes in
            bytes.add(
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":\(index),\"delta\":")
            bytes.add("{\"type\":\"\(type)\",\"\(member)\":")
            JSONText.appendString(text, to: &bytes)
            bytes.add("}")
            Self.pad(&bytes, text.utf8.count)
            bytes.add("}\n\n")
        }
    }

    private func event(
        _ frames: inout FrameBuffer, _ kind: FrameBuffer.Frame.Kind, _ name: String, _ members: JSONObject
    ) {
        frames.add(kind) { bytes in
            bytes.add("event: \(name)\ndata: {\"type\":\"\(name)\"")
            for (key, value) in members {
                bytes.add(",\"\(key)\":")
                value.write(to: &bytes)
            }
            Self.pad(&bytes, members.count)
            bytes.add("}\n\n")
        }
    }

    /// Anthropic pads its events with spaces before the last brace.
    private static func pad(_ bytes: inout [UInt8], _ seed: Int) {
        for _ in 0..<(seed * 7 % 9) { bytes.append(0x20) }
    }
}
