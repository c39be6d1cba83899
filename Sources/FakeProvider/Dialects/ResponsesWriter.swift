import WireJSON

/// Writes OpenAI's Responses format: items, and events that each carry a sequence number.
struct ResponsesWriter {
    let context: AnswerContext
    let prompt: Prompt
    let reply: Reply

    private var id: String { context.id("resp_") }
    private var messageID: String { context.id("msg_") }

    private var isIncomplete: Bool { reply.first.finish == .length || reply.first.finish == .contentFilter }

    private func response(status: String, output: [JSONValue]) -> JSONObject {
        let isOver = status != "in_progress"
        let reason = reply.first.finish == .length ? "max_output_tokens" : "content_filter"
        return [
            "id": .string(id), "object": "response", "created_at": .number(JSONNumber(context.now)),
            "status": .string(status), "error": nil,
            "incomplete_details": isOver && isIncomplete ? ["reason": .string(reason)] : nil,
            "model": .string(prompt.model), "output": .array(output), "parallel_tool_calls": true,
            "usage": isOver && context.behaviour.usage != .omitted ? .object(usage) : nil,
        ]
    }

    private var usage: JSONObject {
        let numbers = reply.usage
        return [
            "input_tokens": .number(JSONNumber(numbers.prompt)),
            "input_tokens_details": ["cached_tokens": .number(JSONNumber(numbers.cached))],
            "output_tokens": .number(JSONNumber(numbers.completion)),
            "output_tokens_details": ["reasoning_tokens": .number(JSONNumber(numbers.reasoning))],
            "total_tokens": .number(JSONNumber(numbers.total)),
        ]
    }

    private var finalStatus: String { isIncomplete ? "incomplete" : "completed" }

    private var part: JSONObject {
        if let refusal = reply.first.refusal { return ["type": "refusal", "refusal": .string(refusal)] }
        return ["type": "output_text", "text": .string(reply.first.text), "annotations": []]
    }

    private func messageItem(status: String, content: [JSONValue]) -> JSONValue {
        [
            "type": "message", "id": .string(messageID), "status": .string(status), "role": "assistant",
            "content": .array(content),
        ]
    }

    private func callItem(_ index: Int, _ call: Reply.Call, isDone: Bool) -> JSONValue {
        [
            "type": "function_call", "id": .string(context.id("fc_", index + 1)),
            "call_id": .string(context.id("call_", index + 1)), "name": .string(call.name),
            "arguments": .string(isDone ? call.arguments.text : ""), "status": isDone ? "completed" : "in_progress",
        ]
    }

    private var output: [JSONValue] {
        if !reply.first.calls.isEmpty {
            return reply.first.calls.enumerated().map { callItem($0.offset, $0.element, isDone: true) }
        }
        return [messageItem(status: finalStatus, content: [.object(part)])]
    }

    private var headers: [FakeHeader] {
        [FakeHeader("x-request-id", context.id("req_")), FakeHeader("openai-version", "2020-10-01")]
    }

    func whole() -> FakeAnswer {
        .json(.object(response(status: finalStatus, output: output)), headers: headers)
    }

    // MARK: Stream

    func stream() -> FakeAnswer {
        var events = Events()
        let started = JSONValue.object(response(status: "in_progress", output: []))
        events.add(.opening, "response.created", ["response": started])
        events.add(.opening, "response.in_progress", ["response": started])
        if reply.first.calls.isEmpty { addMessage(&events) }
        for (index, call) in reply.first.calls.enumerated() { addCall(&events, index, call) }
        let last = JSONValue.object(response(status: finalStatus, output: output))
        events.add(.marker, "response.\(finalStatus)", ["response": last])
        let types = [FakeHeader("content-type", "text/event-stream; charset=utf-8")]
        return FakeAnswer(headers: types + headers, body: events.frames, isStream: true)
    }

    private func addMessage(_ events: inout Events) {
        let isRefusal = reply.first.refusal != nil
        let empty: JSONValue =
            isRefusal ? ["type": "refusal", "refusal": ""] : ["type": "output_text", "text": "", "annotations": []]
        let place: JSONObject = ["item_id": .string(messageID), "output_index": 0, "content_index": 0]
        events.add(
            .opening, "response.output_item.added",
            ["output_index": 0, "item": messageItem(status: "in_progress", content: [])])
        events.add(.opening, "response.content_part.added", place.with("part", empty))
        let pieces = reply.first.refusal.map { ReplyBuilder.words($0) } ?? reply.first.pieces
        let kind = isRefusal ? "refusal" : "output_text"
        for piece in pieces {
            events.add(.content, "response.\(kind).delta", place.with("delta", .string(piece)))
        }
        let member = isRefusal ? "refusal" : "text"
        events.add(
            .ending, "response.\(kind).done", place.with(member, .string(reply.first.refusal ?? reply.first.text)))
        events.add(.ending, "response.content_part.done", place.with("part", .object(part)))
        events.add(
            .ending, "response.output_item.done",
            ["output_index": 0, "item": messageItem(status: finalStatus, content: [.object(part)])])
    }

    private func addCall(_ events: inout Events, _ index: Int, _ call: Reply.Call) {
        let position: JSONValue = .number(JSONNumber(index))
        let place: JSONObject = ["item_id": .string(context.id("fc_", index + 1)), "output_index": position]
        events.add(
            .opening, "response.output_item.added",
            ["output_index": position, "item": callItem(index, call, isDone: false)])
        let text = call.arguments.text
        for fragment in ReplyBuilder.parts(of: text, bytes: max(8, text.utf8.count / 4)) {
            events.add(.content, "response.function_call_arguments.delta", place.with("delta", .string(fragment)))
        }
        events.add(.ending, "response.function_call_arguments.done", place.with("arguments", .string(text)))
        events.add(
            .ending, "response.output_item.done",
            ["output_index": position, "item": callItem(index, call, isDone: true)])
    }

    private struct Events {
        var frames = FrameBuffer()
        var sequence = 0

        mutating func add(_ kind: FrameBuffer.Frame.Kind, _ type: String, _ members: JSONObject) {
            let number = sequence
            sequence += 1
            frames.add(kind) { bytes in
                bytes.add("event: \(type)\ndata: {\"type\":\"\(type)\",\"sequence_number\":\(number)")
                for (key, value) in members {
                    bytes.add(",\"\(key)\":")
                    value.write(to: &bytes)
                }
                bytes.add("}\n\n")
            }
        }
    }
}

extension JSONObject {
    fileprivate func with(_ key: String, _ value: JSONValue) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }
}
