import WireJSON

/// One line of a streaming workflow: `{"type":…,"content":…,"metadata":…}`.
enum N8NLine: Equatable {
    case begin
    case item(String)
    case end
    case error(String)
    /// Types that are being added upstream (tool calls, node events), and blanks: passed over.
    case other

    /// nil if the line is none of a stream.
    init?(_ line: [UInt8]) {
        let content = Self.content(of: line)
        if content.isEmpty || content.elementsEqual("[DONE]".utf8) {
            self = .other
            return
        }
        guard let value = try? JSONValue(parsing: content), let type = value["type"]?.stringValue else { return nil }
        switch type {
        case "begin": self = .begin
        case "end": self = .end
        case "item": self = value["content"].flatMap(N8NText.text(of:)).map(N8NLine.item) ?? .other
        case "error":
            self = .error(value["content"].flatMap(N8NText.text(of:)) ?? "The workflow failed.")
        default: self = .other
        }
    }

    /// Whether this line opens a stream, as opposed to a whole answer.
    static func opensStream(_ line: [UInt8]) -> Bool {
        guard let value = try? JSONValue(parsing: content(of: line)), let type = value["type"]?.stringValue else {
            return false
        }
        return ["begin", "item", "end", "error"].contains(type) || value["metadata"]?.objectValue != nil
    }

    /// Whether the line says nothing: blank, or a comment or another field of an event stream.
    static func isEmpty(_ line: [UInt8]) -> Bool {
        content(of: line).isEmpty
    }

    static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == 0x0A || byte == 0x0D
    }

    /// Without white space around, and without the `data:` that proxies put in front. Other fields of an
    /// event stream, and comments, are blanks.
    private static func content(of line: [UInt8]) -> ArraySlice<UInt8> {
        var content = line.drop(while: N8NText.isSpace)
        while let last = content.last, N8NText.isSpace(last) { content.removeLast() }
        if content.starts(with: "data:".utf8) { return content.dropFirst(5).drop(while: N8NText.isSpace) }
        let isField = content.starts(with: "event:".utf8) || content.starts(with: "id:".utf8)
        return isField || content.first == UInt8(ascii: ":") ? [] : content
    }
}
