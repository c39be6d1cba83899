import WireJSON

/// The answer's text in whatever a workflow returns (contracts, section 2.7, "Finding the text").
enum N8NText {
    /// Members that hold the text, in the order in which they are looked at.
    private static let keys = ["output", "text", "response", "message", "answer", "content", "result", "reply"]

    /// nil where there is nothing at all: null, or an array without elements.
    static func text(of value: JSONValue) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return unwrapped(text)
        case .array(let elements):
            let texts = elements.compactMap(text(of:))
            return texts.isEmpty ? nil : texts.joined(separator: "\n")
        case .object: return found(in: value).map(unwrapped) ?? value.text
        case .bool, .number: return value.text
        }
    }

    /// Text that is itself JSON with one of the known members (Respond to Webhook does that) is opened once.
    static func unwrapped(_ text: String) -> String {
        let first = text.utf8.first { !isSpace($0) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let value = try? JSONValue(parsing: text) else {
            return text
        }
        guard let elements = value.arrayValue else { return found(in: value) ?? text }
        let texts = elements.compactMap(found(in:))
        return texts.isEmpty || texts.count < elements.count ? text : texts.joined(separator: "\n")
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || 0x09...0x0D ~= byte
    }

    private static func found(in value: JSONValue) -> String? {
        guard value.objectValue != nil else { return nil }
        for key in keys {
            if let text = value[key]?.stringValue { return text }
            guard let inner = value[key], inner.objectValue != nil else { continue }
            for key in keys {
                if let text = inner[key]?.stringValue { return text }
            }
        }
        return value["choices"]?[0]?["message"]?["content"]?.stringValue
    }
}
