import Routing
import WireJSON

/// The client's side of a stream that another target may continue: remembers what the client has, and joins to it what
/// the next attempt brings, so that the client sees one answer.
///
/// Only where the model's policy says `resume: true`; the chunks of other streams are passed on unread.
struct ResumableStream: Sendable {
    private(set) var delivered = DeliveredText()
    /// The members that all chunks of one answer share, as the first chunk had them.
    private var identity: [JSONObject.Element] = []
    private var reader = SSEReader()
    /// Set from the second attempt on.
    private var splice: StreamSplice?

    private static let done = Array("[DONE]".utf8)
    private static let shared = ["id", "object", "created", "model", "system_fingerprint"]

    /// The text that goes along with a request for the rest; nil where the answer cannot be continued.
    var prefill: String? { delivered.value.map(StreamSplice.prefill) }

    /// Another attempt shall continue the answer.
    mutating func resume(_ method: ResumeMethod) {
        reader = SSEReader()
        let text = delivered.value ?? ""
        splice = StreamSplice(delivered: text, prefill: method == .prefill ? StreamSplice.prefill(for: text) : nil)
    }

    /// What of an attempt's chunks the client shall get: all of the first attempt's, of later ones what goes beyond.
    ///
    /// - Parameter chunks: server-sent events in OpenAI's format, any number of them, in any split.
    /// - Returns: nil when the new answer does not extend the one that the client has.
    mutating func take(_ chunks: [UInt8]) -> [UInt8]? {
        reader.feed(chunks)
        let before = delivered
        var joined: [UInt8] = []
        while let event = try? reader.next() {
            if event.isComment { continue }
            guard splice != nil else {
                note(event)
                continue
            }
            guard join(event, into: &joined) else {
                // Nothing of this call is shown.
                delivered = before
                return nil
            }
        }
        return splice == nil ? chunks : joined
    }

    // MARK: The first attempt

    private mutating func note(_ event: SSEEvent) {
        guard let chunk = try? JSONValue(parsing: event.data), let members = chunk.objectValue else {
            // What nobody could read, the client may have understood.
            if event.data != Self.done { delivered.appendOther() }
            return
        }
        if identity.isEmpty { identity = members.filter { Self.shared.contains($0.key) } }
        for choice in chunk["choices"]?.arrayValue ?? [] {
            let piece = Piece(choice)
            if piece.isPlain { delivered.append(piece.text) } else { delivered.appendOther() }
        }
    }

    // MARK: Later attempts

    /// False when it is another answer.
    private mutating func join(_ event: SSEEvent, into output: inout [UInt8]) -> Bool {
        guard var chunk = (try? JSONValue(parsing: event.data))?.objectValue else {
            guard event.data == Self.done else { return false }
            Self.write(event.data, to: &output)
            return true
        }
        for (name, value) in identity { chunk[name] = value }
        guard let choice = chunk["choices"]?.arrayValue?.first else {
            Self.write(JSONValue.object(chunk).bytes, to: &output)
            return true
        }
        let piece = Piece(choice)
        guard piece.isPlain else { return false }
        guard show(splice?.feed(piece.text), chunk, choice, into: &output) else { return false }
        guard piece.isLast else { return true }
        guard show(splice?.finish(), chunk, choice, into: &output) else { return false }
        chunk["choices"] = [Piece.chunkChoice(choice, text: nil)]
        Self.write(JSONValue.object(chunk).bytes, to: &output)
        return true
    }

    private mutating func show(
        _ step: SpliceStep?, _ chunk: JSONObject, _ choice: JSONValue, into output: inout [UInt8]
    ) -> Bool {
        switch step {
        case .held, nil: return true
        case .diverged: return false
        case .show(let text):
            delivered.append(text)
            var chunk = chunk
            chunk["choices"] = [Piece.chunkChoice(choice, text: text)]
            Self.write(JSONValue.object(chunk).bytes, to: &output)
            return true
        }
    }

    private static func write(_ data: [UInt8], to output: inout [UInt8]) {
        output.append(contentsOf: Array("data: ".utf8))
        output.append(contentsOf: data)
        output.append(contentsOf: Array("\n\n".utf8))
    }
}

/// What one choice of a chunk brings.
private struct Piece {
    var text = ""
    /// Nothing but text of the first choice.
    var isPlain = true
    /// Carries the finish reason.
    var isLast: Bool

    init(_ choice: JSONValue) {
        isLast = choice["finish_reason"]?.isNull == false
        if choice["index"]?.intValue ?? 0 != 0 || choice["logprobs"]?.isNull == false { isPlain = false }
        if let old = choice["text"]?.stringValue { text = old }
        for (name, value) in choice["delta"]?.objectValue ?? [:] {
            switch (name, value) {
            case ("role", _), (_, .null): break
            case ("content", .string(let content)): text = content
            default: isPlain = false
            }
        }
    }

    /// The same choice with this text and no end, or, without text, with its end.
    static func chunkChoice(_ choice: JSONValue, text: String?) -> JSONValue {
        var members = choice.objectValue ?? [:]
        if members["text"] != nil { members["text"] = .string(text ?? "") }
        if members["delta"] != nil { members["delta"] = text.map { ["content": .string($0)] } ?? [:] }
        if text != nil { members["finish_reason"] = .null }
        return .object(members)
    }
}
