import WireJSON

extension AnthropicReply {
    /// Reads one event.
    ///
    /// - Returns: whether it was the end of the message.
    /// - Throws: the provider's error, or what is wrong with the event.
    mutating func take(_ data: [UInt8], into output: inout [UInt8]) throws(ProviderFailure) -> Bool {
        let members: JSONMembers
        do {
            members = try JSONMembers(scanning: data)
        } catch {
            throw broken("The provider's stream could not be read.")
        }
        guard let type = members.member("type", in: data) else {
            if members.member("error", in: data) != nil { try fail(data) }
            return false
        }
        let name = data[type.value]
        // By far the most frequent first; it alone is read without building a tree.
        if StaticString("\"content_block_delta\"").equals(name) {
            takeDelta(members, in: data, into: &output)
            return false
        }
        switch JSONSlice.string(type.value, in: data) {
        case "content_block_start"?: beginBlock(Self.parsed(data), into: &output)
        case "content_block_stop"?: closeBlock(into: &output)
        case "message_start"?: beginMessage(Self.parsed(data)["message"] ?? .null, into: &output)
        case "message_delta"?: takeMessageDelta(Self.parsed(data))
        case "message_stop"?:
            guard messageID != nil || hasStopReason || writer.hasOutput else {
                throw broken("The provider's stream ended before an answer began.")
            }
            return true
        case "error"?: try fail(data)
        default: break  // `ping`, and what is yet to come
        }
        return false
    }

    private static func parsed(_ data: [UInt8]) -> JSONValue { (try? JSONValue(parsing: data)) ?? .null }

    private func broken(_ message: String) -> ProviderFailure {
        ProviderFailure(.streamBroken, upstreamStatus: head.status, message: message)
    }

    private func fail(_ data: [UInt8]) throws(ProviderFailure) {
        throw AnthropicError.failure(error: Self.parsed(data)["error"] ?? .null, status: head.status, head: head)
    }

    // MARK: Deltas

    private mutating func takeDelta(_ members: JSONMembers, in data: [UInt8], into output: inout [UInt8]) {
        guard let delta = members.member("delta", in: data), delta.kind == .object,
            let type = Self.value("type", of: delta.value, in: data)
        else { return }
        // What belongs to another block than the open one belongs to one that was skipped.
        if let open = block?.index, let index = members.member("index", in: data),
            DecimalText.int(data[index.value]) != open
        {
            return
        }
        let name = data[type]
        if StaticString("\"text_delta\"").equals(name) {
            if let text = Self.text("text", of: delta.value, in: data), isText { show(data[text], into: &output) }
        } else if StaticString("\"input_json_delta\"").equals(name) {
            if let json = Self.text("partial_json", of: delta.value, in: data) { addInput(data[json], into: &output) }
        } else if StaticString("\"thinking_delta\"").equals(name) {
            guard case .thinking? = block?.kind, let text = Self.text("thinking", of: delta.value, in: data) else {
                return
            }
            collected.add(text: data[text])
            writer.reasoning(Self.unescaped(text, in: data), into: &output)
        } else if StaticString("\"signature_delta\"").equals(name) {
            guard case .thinking? = block?.kind, let text = Self.text("signature", of: delta.value, in: data) else {
                return
            }
            collected.add(signature: data[text])
        }
    }

    /// Text without a block around it is the answer's as well: some relays leave out the block's start.
    private var isText: Bool {
        switch block?.kind {
        case .text?, nil: true
        default: false
        }
    }

    /// Where the value of a nested object's member lies. `object` was validated with the event.
    private static func value(_ name: StaticString, of object: Range<Int>, in data: [UInt8]) -> Range<Int>? {
        var members = JSONCursor(object, in: data)
        while let member = members.next() {
            if name.equals(data[member.name]) { return member.value }
        }
        return nil
    }

    /// The inside of a nested object's string.
    private static func text(_ name: StaticString, of object: Range<Int>, in data: [UInt8]) -> Range<Int>? {
        guard let value = value(name, of: object, in: data), value.count >= 2,
            data[value.lowerBound] == UInt8(ascii: "\"")
        else { return nil }
        return value.lowerBound + 1..<value.upperBound - 1
    }

    private static func unescaped(_ text: Range<Int>, in data: [UInt8]) -> String {
        JSONSlice.string(text.lowerBound - 1..<text.upperBound + 1, in: data) ?? ""
    }

    // MARK: Blocks

    private mutating func beginBlock(_ event: JSONValue, into output: inout [UInt8]) {
        closeBlock(into: &output)
        let start = event["content_block"]
        var kind = Block.Kind.skipped
        switch start?["type"]?.stringValue {
        case "text"?: kind = .text
        case "thinking"?:
            kind = .thinking
            collected.beginThinking()
        case "redacted_thinking"?: collected.addRedacted(Self.escaped(start?["data"]))
        case "tool_use"?:
            kind = beginCall(
                id: start?["id"]?.stringValue ?? "", name: start?["name"]?.stringValue ?? "", into: &output)
        default: break
        }
        var begun = Block(kind: kind, index: event["index"]?.intValue)
        if let input = start?["input"]?.objectValue, !input.isEmpty { begun.input = JSONValue.object(input).text }
        block = begun
        takeStart(start ?? .null, into: &output)
    }

    /// A block's start is empty at Anthropic; relays put the first piece, or all, into it.
    private mutating func takeStart(_ start: JSONValue, into output: inout [UInt8]) {
        switch block?.kind {
        case .text?: show(Self.escaped(start["text"]), into: &output)
        case .thinking?:
            let text = start["thinking"]?.stringValue ?? ""
            collected.add(text: Self.escaped(start["thinking"]))
            collected.add(signature: Self.escaped(start["signature"]))
            writer.reasoning(text, into: &output)
        default: break
        }
    }

    private static func escaped(_ value: JSONValue?) -> ArraySlice<UInt8> {
        JSONText.quoted(value?.stringValue ?? "").dropFirst().dropLast()
    }

    // MARK: The message

    /// A repeated start of the same message says nothing new; the start of another one begins its blocks anew, while
    /// what was shown stays.
    private mutating func beginMessage(_ message: JSONValue, into output: inout [UInt8]) {
        let id = message["id"]?.stringValue ?? ""
        guard messageID == nil || messageID != id else { return }
        closeBlock(into: &output)
        messageID = id
        stopReason = nil
        stopDetails = nil
        hasOutputCount = false
        if firstCallID == nil { collected = AnthropicThoughts() }
        if let usage = message["usage"] { stated.merge(usage) }
        if let id = AnthropicAnswer.id(id, plan) { writer.id = id }
        if let model = message["model"]?.stringValue, !model.isEmpty { writer.model = model }
    }

    private mutating func takeMessageDelta(_ event: JSONValue) {
        if let reason = event["delta"]?["stop_reason"]?.stringValue { stopReason = reason }
        if let details = event["delta"]?["stop_details"], !details.isNull { stopDetails = details }
        guard let usage = event["usage"] else { return }
        stated.merge(usage)
        if usage["output_tokens"]?.intValue != nil { hasOutputCount = true }
    }
}
