import Foundation

/// A recorded answer read a second time, by other means than the translation: Foundation's JSON, whole texts, and the
/// sums of contracts, section 3.2, written out.
struct AnthropicReading {
    struct Call: Equatable {
        var id: String
        var name: String
        var input: NSDictionary
    }

    private(set) var id = ""
    private(set) var model = ""
    private(set) var text = ""
    private(set) var thinking = ""
    private(set) var calls: [Call] = []
    private(set) var thinkingBlocks: [NSDictionary] = []
    private(set) var stopReason: String?
    private(set) var isOver = false
    private var usage: [String: Any] = [:]
    private var inputs: [Int: String] = [:]
    private var blocks: [Int: [String: Any]] = [:]

    /// A whole message.
    init(message data: [UInt8]) {
        let message = Self.object(data)
        id = message["id"] as? String ?? ""
        model = message["model"] as? String ?? ""
        stopReason = message["stop_reason"] as? String
        usage = message["usage"] as? [String: Any] ?? [:]
        isOver = true
        for block in message["content"] as? [[String: Any]] ?? [] { add(block) }
    }

    /// A stream of events.
    init(stream: [UInt8]) {
        let text = String(decoding: stream, as: UTF8.self)
        for frame in text.components(separatedBy: "\n\n") {
            let lines = frame.components(separatedBy: "\n").filter { $0.hasPrefix("data:") }
            let data = lines.map { String($0.dropFirst(5)) }.joined(separator: "\n")
            if !data.isEmpty { read(Self.object(Array(data.utf8))) }
        }
    }

    private static func object(_ data: [UInt8]) -> [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(data))) as? [String: Any] ?? [:]
    }

    private mutating func add(_ block: [String: Any]) {
        switch block["type"] as? String {
        case "text": text += block["text"] as? String ?? ""
        case "thinking":
            thinking += block["thinking"] as? String ?? ""
            thinkingBlocks.append([
                "type": "thinking", "thinking": block["thinking"] as? String ?? "",
                "signature": block["signature"] as? String ?? "",
            ])
        case "redacted_thinking":
            thinkingBlocks.append(["type": "redacted_thinking", "data": block["data"] as? String ?? ""])
        case "tool_use":
            calls.append(
                Call(
                    id: block["id"] as? String ?? "", name: block["name"] as? String ?? "",
                    input: (block["input"] as? [String: Any] ?? [:]) as NSDictionary))
        default: break
        }
    }

    private mutating func read(_ event: [String: Any]) {
        let index = event["index"] as? Int ?? -1
        switch event["type"] as? String {
        case "message_start":
            let message = event["message"] as? [String: Any] ?? [:]
            id = message["id"] as? String ?? ""
            model = message["model"] as? String ?? ""
            merge(message["usage"])
        case "content_block_start": blocks[index] = event["content_block"] as? [String: Any]
        case "content_block_delta":
            let delta = event["delta"] as? [String: Any] ?? [:]
            for member in ["text", "thinking", "signature"] where delta[member] is String {
                let old = blocks[index]?[member] as? String ?? ""
                blocks[index]?[member] = old + (delta[member] as? String ?? "")
            }
            if let json = delta["partial_json"] as? String { inputs[index, default: ""] += json }
        case "content_block_stop":
            guard var block = blocks.removeValue(forKey: index) else { return }
            if let json = inputs.removeValue(forKey: index), !json.isEmpty {
                block["input"] = Self.object(Array(json.utf8))
            }
            add(block)
        case "message_delta":
            stopReason = (event["delta"] as? [String: Any])?["stop_reason"] as? String ?? stopReason
            merge(event["usage"])
        case "message_stop": isOver = true
        default: break
        }
    }

    private mutating func merge(_ usage: Any?) {
        for (name, value) in usage as? [String: Any] ?? [:] where !(value is NSNull) { self.usage[name] = value }
    }

    // MARK: Sums

    private func tokens(_ name: String) -> Int { usage[name] as? Int ?? 0 }

    var cached: Int { tokens("cache_read_input_tokens") }
    var cacheWrite: Int { tokens("cache_creation_input_tokens") }
    var prompt: Int { tokens("input_tokens") + cached + cacheWrite }
    var completion: Int { tokens("output_tokens") }
    var reasoning: Int { (usage["output_tokens_details"] as? [String: Any])?["thinking_tokens"] as? Int ?? 0 }

    /// The finish reason of contracts, section 3.1.
    var finish: String {
        switch stopReason {
        case "max_tokens", "model_context_window_exceeded": "length"
        case "tool_use": "tool_calls"
        case "refusal": "content_filter"
        default: "stop"
        }
    }
}
