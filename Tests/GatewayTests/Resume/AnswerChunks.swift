import WireJSON

/// The answer of one attempt, as the gateway would send it.
struct AnswerChunks {
    var pieces: [String]
    var id = "chatcmpl-first"
    var model = "first-model"
    var created = 1_700_000_001
    var isChat = true
    /// nil: the answer broke off.
    var finish: String? = "stop"
    var usage: Int?
    /// The finish reason comes with the last piece.
    var isCompact = false

    init(_ pieces: String...) {
        self.pieces = pieces
    }

    init(_ pieces: [String]) {
        self.pieces = pieces
    }

    /// The same text from another target.
    static func second(_ pieces: [String], usage: Int? = nil) -> AnswerChunks {
        var answer = AnswerChunks(pieces)
        (answer.id, answer.model, answer.created) = ("chatcmpl-second", "second-model", 1_700_000_002)
        answer.usage = usage
        return answer
    }

    var broken: AnswerChunks {
        var answer = self
        answer.finish = nil
        return answer
    }

    var compact: AnswerChunks {
        var answer = self
        answer.isCompact = true
        return answer
    }

    var legacy: AnswerChunks {
        var answer = self
        answer.isChat = false
        return answer
    }

    var text: String { pieces.joined() }

    var bytes: [UInt8] { events.flatMap { $0 } }

    /// Each with its blank line.
    var events: [[UInt8]] {
        var events: [[UInt8]] = []
        if isChat { events.append(event(["role": "assistant", "content": "", "refusal": .null])) }
        for (place, piece) in pieces.enumerated() {
            let isLast = isCompact && place == pieces.count - 1
            events.append(event(["content": .string(piece)], finish: isLast ? finish : nil))
        }
        guard let finish else { return events }
        if !isCompact || pieces.isEmpty { events.append(event([:], finish: finish)) }
        if let usage {
            var chunk = envelope
            chunk["choices"] = []
            chunk["usage"] = ["prompt_tokens": 0, "completion_tokens": .number(JSONNumber(usage))]
            events.append(Self.event(chunk))
        }
        events.append(Array("data: [DONE]\n\n".utf8))
        return events
    }

    /// One chunk with this delta (or, in the old format, its content).
    func event(_ delta: JSONObject, finish: String? = nil, more: JSONObject = [:]) -> [UInt8] {
        var choice: JSONObject = ["index": 0]
        if isChat { choice["delta"] = .object(delta) } else { choice["text"] = delta["content"] ?? "" }
        choice["logprobs"] = .null
        choice["finish_reason"] = finish.map { .string($0) } ?? .null
        for (name, value) in more { choice[name] = value }
        var chunk = envelope
        chunk["choices"] = [.object(choice)]
        return Self.event(chunk)
    }

    private var envelope: JSONObject {
        [
            "id": .string(id), "object": .string(isChat ? "chat.completion.chunk" : "text_completion"),
            "created": .number(JSONNumber(created)), "model": .string(model), "system_fingerprint": .null,
        ]
    }

    private static func event(_ chunk: JSONObject) -> [UInt8] {
        Array("data: ".utf8) + JSONValue.object(chunk).bytes + Array("\n\n".utf8)
    }
}
