import WireJSON

/// Answers a webhook as an n8n workflow does in each of its response modes.
struct N8NWriter {
    let body: JSONValue
    let context: AnswerContext

    private var mode: N8NMode {
        context.behaviour.mode ?? context.route.rest.lazy.compactMap { N8NMode(rawValue: $0) }.first ?? .object
    }

    /// The body is a workflow's own affair: nothing in it is required.
    func answer() -> FakeAnswer {
        let request = context.request
        switch request.method {
        case "OPTIONS": return .empty(status: 204)
        case "POST": break
        default:
            let hint = "Did you mean to make a POST request?"
            return .json(
                [
                    "code": 404,
                    "message": .string("This webhook is not registered for \(request.method) requests. \(hint)"),
                ],
                status: 404)
        }
        let reply = ReplyBuilder(prompt: prompt(), behaviour: context.behaviour).reply()
        let text = reply.first.refusal ?? reply.first.text
        switch mode {
        case .object: return .json(["output": .string(text)])
        case .array: return .json([["output": .string(text)], ["output": "And that was all."]])
        case .nested: return .json(["response": ["text": .string(text)]])
        case .text: return .text(text)
        case .respond: return .json(["answer": .string(text), "workflow": "fake"], status: 201)
        case .openai: return .json(["choices": [["message": ["role": "assistant", "content": .string(text)]]]])
        case .stream: return stream(reply.first, agents: 1)
        case .agents: return stream(reply.first, agents: 2)
        case .started: return .json(["message": "Workflow was started"])
        case .empty: return .empty(status: 200)
        case .notFound: return failure(.notFound)
        case .forbidden: return failure(.permission)
        case .failed: return failure(.server)
        }
    }

    private func failure(_ kind: FakeErrorKind) -> FakeAnswer {
        let path = context.route.rest.joined(separator: "/")
        return context.failure(kind, model: path).answer(in: .n8n)
    }

    private func prompt() -> Prompt {
        var prompt = Prompt()
        prompt.model = body["model"]?.stringValue ?? ""
        for message in body["messages"]?.arrayValue ?? [] {
            prompt.take(OpenAIRequest.content(message["content"]), isUser: message["role"]?.stringValue == "user")
        }
        if let input = body["chatInput"]?.stringValue ?? body["prompt"]?.stringValue {
            prompt.text = input
        }
        prompt.maxTokens = body["max_tokens"]?.intValue
        return prompt
    }

    // MARK: Streams

    private func stream(_ choice: Reply.Choice, agents: Int) -> FakeAnswer {
        var frames = FrameBuffer()
        let pieces = choice.refusal.map { ReplyBuilder.words($0) } ?? choice.pieces
        for _ in 0..<(context.behaviour.pings ?? 0) { frames.add(.opening) { $0.add("\n") } }
        for agent in 0..<agents {
            add(&frames, .opening, "begin", nil, agent)
            let share = pieces.count / agents
            let part =
                agent + 1 == agents ? pieces[(agent * share)...] : pieces[(agent * share)..<((agent + 1) * share)]
            for piece in part { add(&frames, .content, "item", piece, agent) }
            add(&frames, agent + 1 == agents ? .marker : .opening, "end", nil, agent)
        }
        return FakeAnswer(
            headers: [FakeHeader("content-type", "application/json; charset=utf-8")], body: frames, isStream: true)
    }

    private func add(
        _ frames: inout FrameBuffer, _ kind: FrameBuffer.Frame.Kind, _ type: String, _ content: String?, _ agent: Int
    ) {
        frames.add(kind) { bytes in
            bytes += Self.line(type: type, content: content, agent: agent, serial: context.serial)
            bytes.append(0x0A)
        }
    }

    /// One line of a streaming answer, without its newline.
    static func line(type: String, content: String?, agent: Int, serial: Int) -> [UInt8] {
        var bytes = Array("{\"type\":\"\(type)\"".utf8)
        if let content {
            bytes.add(",\"content\":")
            JSONText.appendString(content, to: &bytes)
        }
        bytes.add(
            ",\"metadata\":{\"nodeId\":\"fake-node-\(agent)\",\"nodeName\":\"AI Agent\",\"itemIndex\":0,\"runIndex\":0")
        bytes.add(",\"timestamp\":\(1_700_000_000_000 &+ serial)}}")
        return bytes
    }
}
