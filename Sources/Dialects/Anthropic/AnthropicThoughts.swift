import WireJSON

/// The thinking of one answer, collected to be sent back while a tool loop runs. Remembered as the JSON text of an
/// array of blocks, with the members the API takes.
struct AnthropicThoughts: Sendable {
    private struct Block {
        var isRedacted: Bool
        var text: [UInt8] = []
        var signature: [UInt8] = []
    }

    /// More than any budget holds; what is longer is not remembered.
    private static let maximumBytes = 4 << 20

    // Texts are kept as they came, as the inside of a JSON string: unchanged, and nothing to take apart.
    private var blocks: [Block] = []
    private var bytes = 0

    mutating func beginThinking() {
        blocks.append(Block(isRedacted: false))
    }

    /// Adds to the thinking that was begun last.
    mutating func add(text: ArraySlice<UInt8>) {
        guard let last = lastBlock(adding: text.count) else { return }
        blocks[last].text += text
    }

    /// Adds to the signature of the thinking that was begun last.
    mutating func add(signature: ArraySlice<UInt8>) {
        guard let last = lastBlock(adding: signature.count) else { return }
        blocks[last].signature += signature
    }

    mutating func addRedacted(_ data: ArraySlice<UInt8>) {
        blocks.append(Block(isRedacted: true))
        guard let last = lastBlock(adding: data.count) else { return }
        blocks[last].text += data
    }

    /// Index of the last block; nil if there is none or it would grow too large.
    private mutating func lastBlock(adding count: Int) -> Int? {
        bytes += count
        return bytes <= Self.maximumBytes ? blocks.indices.last : nil
    }

    /// What to remember of an answer that called tools.
    ///
    /// Nothing if its thinking cannot be sent back (too long, or unsigned: cut, or not Anthropic's own). An answer to a
    /// request with thinking that called a tool without any is remembered as such: otherwise the next request would
    /// have to take its thinking for lost.
    func records(firstCallID: String?, plan: AnswerPlan) -> [ThoughtRecord] {
        guard let firstCallID, bytes <= Self.maximumBytes, !blocks.isEmpty || plan.thinking else { return [] }
        var payload: [UInt8] = []
        for block in blocks {
            payload.append(payload.isEmpty ? "[" : ",")
            if block.isRedacted {
                payload.append("{\"type\":\"redacted_thinking\",\"data\":\"")
                payload += block.text
            } else {
                guard !block.signature.isEmpty else { return [] }
                payload.append("{\"type\":\"thinking\",\"thinking\":\"")
                payload += block.text
                payload.append("\",\"signature\":\"")
                payload += block.signature
            }
            payload.append("\"}")
        }
        payload.append(payload.isEmpty ? "[]" : "]")
        let text = String(decoding: payload, as: UTF8.self)
        return [ThoughtRecord(toolCallID: firstCallID, kind: .anthropic, payload: text)]
    }

    /// The blocks of a record; nil if there is none of Anthropic's.
    static func blocks(of record: ThoughtRecord?) -> [AnthropicBlock]? {
        guard let record, record.kind == .anthropic, let blocks = (try? JSONValue(parsing: record.payload))?.arrayValue
        else { return nil }
        return blocks.compactMap { $0.objectValue.map(AnthropicBlock.object) }
    }
}
