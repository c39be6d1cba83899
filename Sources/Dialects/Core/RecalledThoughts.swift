/// The thoughts remembered for one request's tool calls, up to a bound: a client may name one call any number of
/// times, and each time its thoughts go into the request again.
struct RecalledThoughts: Sendable {
    /// Bytes of payloads. More than the longest contexts of all models hold.
    static let maximumBytes = 16 << 20

    private let source: @Sendable (_ toolCallID: String) -> ThoughtRecord?
    private var left = Self.maximumBytes

    init(_ context: CallContext) {
        source = context.thoughts
    }

    /// What is remembered under this id; nil if nothing is, or if it is more than what is left of the bound.
    mutating func recall(_ toolCallID: String) -> ThoughtRecord? {
        guard left > 0, let record = source(toolCallID), record.payload.utf8.count <= left else { return nil }
        left -= record.payload.utf8.count
        return record
    }
}
