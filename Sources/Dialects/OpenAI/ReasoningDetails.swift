import WireJSON

/// OpenRouter's `reasoning_details`: what a model behind it wants back unchanged while a tool loop runs
/// (contracts, section 2.4). In a stream they come in fragments.
enum ReasoningDetails {
    /// More than this of one turn is not remembered.
    static let maxBytes = 1 << 20

    /// The record for one choice; nil without details or without a call to keep it under.
    ///
    /// - Parameters:
    ///   - elements: JSON objects joined by commas.
    ///   - firstCall: the id of the turn's first tool call, a JSON string with its quotes.
    static func record(_ elements: [UInt8], firstCall: [UInt8]?) -> ThoughtRecord? {
        guard !elements.isEmpty, let firstCall, let id = JSONSlice.string(0..<firstCall.count, in: firstCall),
            let fragments = try? JSONValue(parsing: [UInt8(ascii: "[")] + elements + [UInt8(ascii: "]")]).arrayValue
        else { return nil }
        return ThoughtRecord(toolCallID: id, kind: .openrouter, payload: JSONValue.array(merged(fragments)).text)
    }

    /// Fragments of one block put together: neighbours of one type and index, texts joined, other members
    /// as last stated.
    static func merged(_ fragments: [JSONValue]) -> [JSONValue] {
        var blocks: [JSONObject] = []
        for fragment in fragments.compactMap(\.objectValue) {
            if let last = blocks.last, continues(fragment, last) {
                blocks[blocks.count - 1] = join(last, fragment)
            } else {
                blocks.append(fragment)
            }
        }
        return blocks.map(JSONValue.object)
    }

    private static func continues(_ fragment: JSONObject, _ block: JSONObject) -> Bool {
        fragment["type"] == block["type"] && fragment["index"] == block["index"]
            && (fragment["id"] == nil || fragment["id"] == .null || fragment["id"] == block["id"])
            && fragment["data"] == nil
    }

    private static func join(_ block: JSONObject, _ fragment: JSONObject) -> JSONObject {
        var joined = block
        for (key, value) in fragment {
            let isText = key == "text" || key == "summary"
            if isText, let text = value.stringValue {
                joined[key] = .string((joined[key]?.stringValue ?? "") + text)
            } else if !value.isNull, value.stringValue != "" || joined[key] == nil {
                joined[key] = value
            }
        }
        return joined
    }
}
