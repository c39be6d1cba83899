import WireJSON

extension GeminiRequest {
    /// Stands in for a signature that got lost; documented by Google for calls that did not come from it.
    private static let signaturePlaceholder = "skip_thought_signature_validator"

    /// The conversation; system messages go to ``instructions`` instead.
    mutating func contents() throws(WireError) -> [JSONValue] {
        var turns = GeminiTurns()
        for (index, message) in chat.messages.enumerated() {
            promptBytes += message.text.utf8.count
            switch message.role {
            case .system, .developer:
                let text = message.text
                if !text.isEmpty { instructions.append(text) }
            case .user:
                let parts = try parts(of: message, at: index)
                turns.add("user", parts.isEmpty ? [["text": ""]] : parts)
            case .assistant:
                turns.add("model", try assistantParts(of: message, at: index))
            case .tool, .function:
                try addResult(of: message, at: index, to: &turns)
            }
        }
        return turns.contents()
    }

    private func parts(of message: ChatMessage, at index: Int) throws(WireError) -> [JSONValue] {
        var parts: [JSONValue] = []
        for (position, part) in message.parts.enumerated() {
            let path = "messages[\(index)].content[\(position)]"
            switch part {
            case .text(let text, _):
                if !text.isEmpty { parts.append(["text": .string(text)]) }
            case .image(.inline(let mediaType, let base64), _), .file(.inline(let mediaType, let base64, _), _):
                parts.append(GeminiMedia.inlineData(mediaType: mediaType, base64: base64))
            case .image(.url(let url), _):
                parts.append(try image(at: url, path: path))
            case .audio(let data, let format):
                parts.append(GeminiMedia.inlineData(mediaType: "audio/" + format, base64: data))
            case .file(.id(let id), _):
                parts.append(try uploadedFile(id, path: path))
            }
        }
        return parts
    }

    private func image(at url: String, path: String) throws(WireError) -> JSONValue {
        switch GeminiMedia.source(of: url) {
        case .google(let mediaType):
            return GeminiMedia.fileData(uri: url, mediaType: mediaType)
        case .fetch:
            guard let file = context.remoteFiles[url] else {
                throw .invalidRequest(
                    "The image could not be fetched.", param: path + ".image_url.url", code: "invalid_image_url")
            }
            return GeminiMedia.inlineData(mediaType: file.mediaType, base64: GeminiBase64.encode(file.bytes))
        case .unsupported:
            throw .invalidRequest(
                "Images must be given as http, https, gs or data URLs.", param: path + ".image_url.url",
                code: "invalid_image_url")
        }
    }

    /// Files uploaded to Google are named by URI; other ids belong to another provider.
    private func uploadedFile(_ id: String, path: String) throws(WireError) -> JSONValue {
        if case .google(let mediaType) = GeminiMedia.source(of: id) {
            return GeminiMedia.fileData(uri: id, mediaType: mediaType)
        }
        throw .invalidRequest(
            "This model cannot read uploaded files; send the file's content as `file_data`.",
            param: path + ".file.file_id", code: "unsupported_value")
    }

    private mutating func assistantParts(
        of message: ChatMessage, at index: Int
    ) throws(WireError) -> [JSONValue] {
        var parts = try parts(of: message, at: index)
        if parts.isEmpty, let refusal = message.refusal, !refusal.isEmpty { parts.append(["text": .string(refusal)]) }
        for (position, call) in message.toolCalls.enumerated() {
            calls[call.id] = (call.name, position)
            promptBytes += call.arguments.utf8.count
            parts.append(functionCall(call, isFirst: position == 0))
        }
        return parts
    }

    private mutating func functionCall(_ call: ChatToolCall, isFirst: Bool) -> JSONValue {
        var content: JSONObject = [:]
        if generation.isThreeOrLater, !call.id.isEmpty { content["id"] = .string(call.id) }
        content["name"] = .string(names.provider(call.name))
        content["args"] = .object(arguments(call.arguments))
        var part: JSONObject = ["functionCall": .object(content)]
        if let signature = signature(of: call, isFirst: isFirst) { part["thoughtSignature"] = .string(signature) }
        return .object(part)
    }

    /// The client's own copy, else the remembered one. Of parallel calls only the first carries one, so
    /// only there something has to stand in for a lost one.
    private mutating func signature(of call: ChatToolCall, isFirst: Bool) -> String? {
        if let signature = call.thoughtSignature, !signature.isEmpty { return signature }
        if let record = remembered.recall(call.id), record.kind == .gemini { return record.payload }
        return isFirst && generation.isThreeOrLater ? Self.signaturePlaceholder : nil
    }

    /// Arguments must be an object; a model's broken ones are kept as text rather than refused, since the
    /// client can do nothing about them any more.
    private mutating func arguments(_ text: String) -> JSONObject {
        if text.utf8.allSatisfy({ $0 == 0x20 || 0x09...0x0D ~= $0 }) { return [:] }
        return nested.parse(text)?.objectValue ?? ["_raw": .string(text)]
    }

    private mutating func addResult(
        of message: ChatMessage, at index: Int, to turns: inout GeminiTurns
    ) throws(WireError) {
        let id = message.toolCallID ?? ""
        let call = calls[id]
        // The old `function` role names the function itself.
        let byRole = message.role == .function ? message.toolCallID ?? message.name : message.name
        guard let name = call?.name ?? byRole, !name.isEmpty else {
            throw .invalidRequest(
                "No earlier assistant message calls a tool with the id '\(id)'.",
                param: "messages[\(index)].tool_call_id", code: "invalid_value")
        }
        var response: JSONObject = [:]
        if generation.isThreeOrLater, call != nil { response["id"] = .string(id) }
        response["name"] = .string(names.provider(name))
        response["response"] = .object(result(message.text))
        let files = try parts(of: message, at: index).filter { $0["text"] == nil }
        turns.addResult(
            ["functionResponse": .object(response)], position: call?.position ?? .max, files: files)
    }

    private mutating func result(_ text: String) -> JSONObject {
        guard let value = nested.parse(text) else { return ["result": .string(text)] }
        return value.objectValue ?? ["result": value]
    }
}
