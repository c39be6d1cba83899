import WireJSON

extension OpenAIWriter {
    func stream() -> FakeAnswer {
        let contentType = dialect == .openai ? "text/event-stream; charset=utf-8" : "text/event-stream"
        let headers = [FakeHeader("content-type", contentType), FakeHeader("cache-control", "no-cache")] + self.headers
        var frames = FrameBuffer()
        let start = prefix()
        addOpening(&frames, start)
        if isLegacy {
            addLegacyText(&frames, start)
        } else {
            for index in reply.choices.indices { addRole(&frames, start, index) }
            addThoughts(&frames, start)
            addContent(&frames, start)
        }
        addEnding(&frames, start)
        frames.add(.marker) { $0.add("data: [DONE]\n\n") }
        return FakeAnswer(headers: headers, body: frames, isStream: true)
    }

    // MARK: Parts of a chunk

    /// What every chunk of the stream begins with, up to and including `"choices":[`.
    private func prefix() -> [UInt8] {
        var bytes = Array("data: {\"id\":".utf8)
        JSONText.appendString(id, to: &bytes)
        bytes.add(
            ",\"object\":\"\(isLegacy ? "text_completion" : "chat.completion.chunk")\",\"created\":\(context.now)")
        bytes.add(",\"model\":")
        JSONText.appendString(prompt.model, to: &bytes)
        if dialect == .openrouter { bytes.add(",\"provider\":\"Fake\"") }
        if dialect == .openai || dialect == .azure { bytes.add(",\"service_tier\":\"default\"") }
        if dialect != .openrouter { bytes.add(",\"system_fingerprint\":\"\(fingerprint)\"") }
        bytes.add(",\"choices\":[")
        return bytes
    }

    /// The end of a chunk that carries no usage.
    private var suffix: String {
        let announcesUsage = prompt.includeUsage && (dialect == .openai || dialect == .azure)
        return announcesUsage ? "],\"usage\":null}\n\n" : "]}\n\n"
    }

    private func delta(
        _ frames: inout FrameBuffer, _ kind: FrameBuffer.Frame.Kind, _ start: [UInt8], _ choice: Int,
        finish: Reply.Finish? = nil, _ write: (inout [UInt8]) -> Void
    ) {
        let suffix = suffix
        frames.add(kind) { bytes in
            bytes += start
            bytes.add("{\"index\":\(choice),\"delta\":{")
            // OpenRouter repeats the role in every delta.
            if dialect == .openrouter {
                bytes.add("\"role\":\"assistant\"\(finish == nil ? "," : ",\"content\":\"\"")")
            }
            write(&bytes)
            bytes.add("}")
            closeChoice(&bytes, finish)
            bytes.add(suffix)
        }
    }

    private func closeChoice(_ bytes: inout [UInt8], _ finish: Reply.Finish?) {
        let reason = finish.map { "\"\($0.rawValue)\"" } ?? "null"
        if dialect != .openrouter && dialect != .ollama { bytes.add(",\"logprobs\":null") }
        bytes.add(",\"finish_reason\":\(reason)")
        if dialect == .openrouter { bytes.add(",\"native_finish_reason\":\(reason)") }
        bytes.add("}")
    }

    // MARK: Before the content

    private func addOpening(_ frames: inout FrameBuffer, _ start: [UInt8]) {
        let pings = context.behaviour.pings ?? (dialect == .openrouter ? 2 : 0)
        let comment = dialect == .openrouter ? ": OPENROUTER PROCESSING\n\n" : ": keep-alive\n\n"
        for _ in 0..<pings { frames.add(.opening) { $0.add(comment) } }
        guard dialect == .azure, !isLegacy else { return }
        let first =
            "data: {\"id\":\"\",\"object\":\"\",\"created\":0,\"model\":\"\",\"choices\":[],"
            + "\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":{}}]}\n\n"
        frames.add(.opening) { $0.add(first) }
    }

    /// The role-only chunk; OpenRouter has the role everywhere and Ollama in its first delta.
    private func addRole(_ frames: inout FrameBuffer, _ start: [UInt8], _ index: Int) {
        let startsWithCall = !reply.choices[index].calls.isEmpty
        switch dialect {
        case .openrouter, .ollama: return
        case .groq: addGroqRole(&frames, start)
        default:
            let content = startsWithCall ? "null" : "\"\""
            delta(&frames, .opening, start, index) {
                $0.add("\"role\":\"assistant\",\"content\":\(content),\"refusal\":null")
            }
        }
    }

    private func addGroqRole(_ frames: inout FrameBuffer, _ start: [UInt8]) {
        frames.add(.opening) { bytes in
            bytes += start
            bytes.add(
                "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,\"finish_reason\":null}]"
            )
            bytes.add(",\"x_groq\":{\"id\":\"\(context.id("req_"))\"}}\n\n")
        }
    }

    private func addThoughts(_ frames: inout FrameBuffer, _ start: [UInt8]) {
        for (index, thought) in reply.thoughts.enumerated() {
            delta(&frames, .content, start, 0) { bytes in
                switch dialect {
                case .openai, .azure: bytes.add("\"reasoning_content\":")
                case .ollama:
                    bytes.add(
                        index == 0
                            ? "\"role\":\"assistant\",\"content\":\"\",\"reasoning\":"
                            : "\"content\":\"\",\"reasoning\":")
                case .openrouter: bytes.add("\"content\":\"\",\"reasoning\":")
                default: bytes.add("\"reasoning\":")
                }
                JSONText.appendString(thought, to: &bytes)
                if dialect == .groq { bytes.add(",\"channel\":\"analysis\"") }
                guard dialect == .openrouter else { return }
                let isLast = index == reply.thoughts.count - 1
                bytes.add(",\"reasoning_details\":[")
                thoughtDetail(thought, signature: isLast ? "fake-signature" : nil).write(to: &bytes)
                bytes.add("]")
            }
        }
    }

    // MARK: Content

    /// Several choices are woven into each other, piece by piece, as OpenAI does.
    private func addContent(_ frames: inout FrameBuffer, _ start: [UInt8]) {
        let longest = reply.choices.map(\.pieces.count).max() ?? 0
        for position in 0..<longest {
            for (index, choice) in reply.choices.enumerated() where position < choice.pieces.count {
                let isFirst = position == 0 && reply.thoughts.isEmpty
                delta(&frames, .content, start, index) { bytes in
                    if dialect == .ollama, isFirst { bytes.add("\"role\":\"assistant\",") }
                    bytes.add("\"content\":")
                    JSONText.appendString(choice.pieces[position], to: &bytes)
                }
            }
        }
        for (index, choice) in reply.choices.enumerated() {
            if let refusal = choice.refusal {
                delta(&frames, .content, start, index) { bytes in
                    bytes.add("\"refusal\":")
                    JSONText.appendString(refusal, to: &bytes)
                }
            }
            for (position, call) in choice.calls.enumerated() { addCall(&frames, start, index, position, call) }
        }
    }

    /// Groq and Ollama send a call in one piece; the others the name first, then the arguments in fragments.
    private func addCall(
        _ frames: inout FrameBuffer, _ start: [UInt8], _ choice: Int, _ index: Int, _ call: Reply.Call
    ) {
        let isWhole = dialect == .groq || dialect == .ollama
        var head = self.call(call, choice: choice, index: index, inStream: true)
        if !isWhole { head["function"] = ["name": .string(call.name), "arguments": ""] }
        delta(&frames, .content, start, choice) { bytes in
            if dialect == .ollama { bytes.add("\"role\":\"assistant\",\"content\":\"\",") }
            if dialect == .openrouter { bytes.add("\"content\":null,") }
            bytes.add("\"tool_calls\":[")
            JSONValue.object(head).write(to: &bytes)
            bytes.add("]")
        }
        if isWhole { return }
        let text = call.arguments.text
        for fragment in ReplyBuilder.parts(of: text, bytes: max(8, text.utf8.count / 4)) {
            delta(&frames, .content, start, choice) { bytes in
                bytes.add("\"tool_calls\":[{\"index\":\(index),\"function\":{\"arguments\":")
                JSONText.appendString(fragment, to: &bytes)
                bytes.add("}}]")
            }
        }
    }

    private func addLegacyText(_ frames: inout FrameBuffer, _ start: [UInt8]) {
        let suffix = suffix
        for (index, choice) in reply.choices.enumerated() {
            for piece in choice.pieces {
                frames.add(.content) { bytes in
                    bytes += start
                    bytes.add("{\"text\":")
                    JSONText.appendString(piece, to: &bytes)
                    bytes.add(",\"index\":\(index),\"logprobs\":null,\"finish_reason\":null}")
                    bytes.add(suffix)
                }
            }
        }
    }

    // MARK: Endings

    private func addEnding(_ frames: inout FrameBuffer, _ start: [UInt8]) {
        for (index, choice) in reply.choices.enumerated() {
            if isLegacy {
                frames.add(.ending) { bytes in
                    bytes += start
                    bytes.add(
                        "{\"text\":\"\",\"index\":\(index),\"logprobs\":null,\"finish_reason\":\"\(choice.finish.rawValue)\"}"
                    )
                    bytes.add(suffix)
                }
            } else if dialect == .groq {
                addGroqFinish(&frames, start, choice.finish)
            } else {
                delta(&frames, .ending, start, index, finish: choice.finish) { _ in }
            }
        }
        addUsage(&frames, start)
    }

    private func addGroqFinish(_ frames: inout FrameBuffer, _ start: [UInt8], _ finish: Reply.Finish) {
        let hasUsage = context.behaviour.usage != .omitted
        frames.add(.ending) { bytes in
            bytes += start
            bytes.add("{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"\(finish.rawValue)\"}]")
            bytes.add(",\"x_groq\":{\"id\":\"\(context.id("req_"))\"")
            if hasUsage {
                bytes.add(",\"usage\":")
                JSONValue.object(usage()).write(to: &bytes)
            }
            bytes.add("}")
            if hasUsage, prompt.includeUsage {
                bytes.add(",\"usage\":")
                JSONValue.object(usage()).write(to: &bytes)
            }
            bytes.add("}\n\n")
        }
    }

    private func addUsage(_ frames: inout FrameBuffer, _ start: [UInt8]) {
        let isOpenRouter = dialect == .openrouter
        let form =
            context.behaviour.usage
            ?? (isOpenRouter ? .repeated : prompt.includeUsage && dialect != .groq ? .empty : .omitted)
        if form == .omitted { return }
        frames.add(.ending) { bytes in
            bytes += start
            if form == .repeated {
                bytes.add("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}")
                closeChoice(&bytes, reply.first.finish)
            }
            bytes.add("],\"usage\":")
            JSONValue.object(usage()).write(to: &bytes)
            bytes.add("}\n\n")
        }
    }
}
