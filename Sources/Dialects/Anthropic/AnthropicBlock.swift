import WireJSON

/// A content block of a request. Written straight to bytes: most conversations are plain text.
enum AnthropicBlock {
    case text(String)
    case toolResult(id: String, content: [AnthropicBlock], cacheControl: JSONValue?)
    /// Any other, or a text with more members.
    case object(JSONObject)

    /// A text block; nil for blank text, which the API refuses.
    init?(text: String, cacheControl: JSONValue? = nil) {
        guard !Self.isBlank(text) else { return nil }
        if let cacheControl {
            self = .object(["type": "text", "text": .string(text), "cache_control": cacheControl])
        } else {
            self = .text(text)
        }
    }

    /// Appends the value of a `content` member: a lone text needs no blocks.
    static func writeContent(_ blocks: [AnthropicBlock], to output: inout [UInt8]) {
        if blocks.count == 1, case .text(let text)? = blocks.first {
            JSONText.appendString(text, to: &output)
        } else {
            writeList(blocks, to: &output)
        }
    }

    /// Appends the blocks as an array.
    static func writeList(_ blocks: [AnthropicBlock], to output: inout [UInt8]) {
        output.append("[")
        for (index, block) in blocks.enumerated() {
            if index > 0 { output.append(",") }
            block.write(to: &output)
        }
        output.append("]")
    }

    private func write(to output: inout [UInt8]) {
        switch self {
        case .text(let text):
            output.append("{\"type\":\"text\",\"text\":")
            JSONText.appendString(text, to: &output)
            output.append("}")
        case .toolResult(let id, let content, let cacheControl):
            output.append("{\"type\":\"tool_result\",\"tool_use_id\":")
            JSONText.appendString(id, to: &output)
            if !content.isEmpty {
                output.append(",\"content\":")
                Self.writeContent(content, to: &output)
            }
            if let cacheControl {
                output.append(",\"cache_control\":")
                cacheControl.write(to: &output)
            }
            output.append("}")
        case .object(let object): object.write(to: &output)
        }
    }

    /// The block without white space at its end; nil if nothing is left. Only texts have such an end.
    var trimmedEnd: AnthropicBlock? {
        switch self {
        case .text(let text): return AnthropicBlock(text: Self.trimmedEnd(text))
        case .object(var object):
            guard object["type"] == "text", let text = object["text"]?.stringValue else { return self }
            let trimmed = Self.trimmedEnd(text)
            object["text"] = .string(trimmed)
            return trimmed.isEmpty ? nil : .object(object)
        case .toolResult: return self
        }
    }

    /// Whether the text is empty or white space only.
    static func isBlank(_ text: String) -> Bool {
        text.utf8.allSatisfy(isSpace)
    }

    private static func trimmedEnd(_ text: String) -> String {
        let bytes = text.utf8
        guard let last = bytes.lastIndex(where: { !isSpace($0) }) else { return "" }
        return String(text[..<bytes.index(after: last)])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
}
