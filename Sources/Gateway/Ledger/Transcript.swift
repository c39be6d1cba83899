import Ledger
import WireJSON

/// What a client has been sent, where that is kept: a whole answer as it is, of a stream its text. Bounded.
struct Transcript: Sendable {
    private(set) var bytes: [UInt8] = []
    private var reader = SSEReader()

    /// A little more than is kept, so that what lies on the border can be recognised.
    private static let limit = PromptLog.maximumBytes + 4096

    /// - Parameter isStream: server-sent events in OpenAI's format, in any split.
    mutating func take(_ answer: [UInt8], isStream: Bool) {
        guard isStream else { return append(answer) }
        reader.feed(answer)
        while let event = try? reader.next() {
            guard !event.isComment, let chunk = try? JSONValue(parsing: event.data) else { continue }
            for choice in chunk["choices"]?.arrayValue ?? [] {
                let text = choice["delta"]?["content"]?.stringValue ?? choice["text"]?.stringValue
                if let text { append(Array(text.utf8)) }
                for call in choice["delta"]?["tool_calls"]?.arrayValue ?? [] {
                    if let piece = call["function"]?["arguments"]?.stringValue { append(Array(piece.utf8)) }
                }
            }
        }
    }

    private mutating func append(_ piece: [UInt8]) {
        bytes += piece.prefix(Self.limit - bytes.count)
    }

    static func cut(_ bytes: [UInt8], beyond margin: Int = 0) -> [UInt8] {
        Array(bytes.prefix(PromptLog.maximumBytes + margin))
    }
}
