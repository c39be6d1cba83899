import WireJSON

/// The JSON text of a request, written member by member.
struct AnthropicBody {
    private var bytes: [UInt8] = []

    /// - Parameter capacity: a guess at the size, in bytes.
    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
        bytes.append("{")
    }

    mutating func add(_ name: StaticString, _ value: JSONValue) {
        begin(name)
        value.write(to: &bytes)
    }

    mutating func add(_ name: StaticString, _ blocks: [AnthropicBlock]) {
        begin(name)
        AnthropicBlock.writeList(blocks, to: &bytes)
    }

    mutating func add(_ name: StaticString, _ turns: [AnthropicTurn]) {
        begin(name)
        bytes.append("[")
        for (index, turn) in turns.enumerated() {
            if index > 0 { bytes.append(",") }
            turn.write(to: &bytes)
        }
        bytes.append("]")
    }

    /// The whole text; nothing can be added afterwards.
    consuming func finished() -> [UInt8] {
        bytes.append("}")
        return bytes
    }

    /// - Parameter name: without characters that JSON escapes.
    private mutating func begin(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(",") }
        bytes.append("\"")
        bytes.append(name)
        bytes.append("\":")
    }
}
