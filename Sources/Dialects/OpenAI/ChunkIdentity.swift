import WireJSON

/// What all chunks of one stream have in common: id, object, creation time and model, as the first chunk
/// worth showing states them, else as the plan does.
struct ChunkIdentity {
    /// JSON values as they stand in the output.
    private let id: [UInt8]
    private let object: [UInt8]
    private let created: [UInt8]
    private let model: [UInt8]

    init(_ members: ChunkMembers, on tape: AnswerTape, in data: [UInt8], plan: AnswerPlan) {
        func stated(_ position: Int?, where isGood: (Int) -> Bool) -> [UInt8]? {
            position.flatMap { isGood($0) ? Array(data[tape[$0].value]) : nil }
        }
        id = stated(members.id) { tape[$0].isText } ?? JSONText.quoted(Self.inventedID(plan))
        model = stated(members.model) { tape[$0].isText } ?? JSONText.quoted(plan.upstreamModel)
        created = stated(members.created) { Self.isTime($0, on: tape, in: data) } ?? Array(String(plan.created).utf8)
        object = Array((plan.endpoint == .completions ? "\"text_completion\"" : "\"chat.completion.chunk\"").utf8)
    }

    /// The id of an answer whose provider gave none.
    static func inventedID(_ plan: AnswerPlan) -> String {
        (plan.endpoint == .completions ? "cmpl-" : "chatcmpl-") + plan.idSeed
    }

    /// Whether a chunk states an identity of its own; Azure's first one does not.
    static func isStated(_ members: ChunkMembers, on tape: AnswerTape, in data: [UInt8]) -> Bool {
        guard let id = members.id, let model = members.model, let created = members.created else { return false }
        return tape[id].isText && tape[model].isText && isTime(created, on: tape, in: data)
    }

    /// A positive whole number.
    static func isTime(_ position: Int, on tape: AnswerTape, in data: [UInt8]) -> Bool {
        let entry = tape[position]
        guard entry.kind == .number, data.indices.contains(entry.value.lowerBound) else { return false }
        return data[entry.value].allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
            && data[entry.value.lowerBound] != UInt8(ascii: "0")
    }

    /// Whether a chunk states exactly this identity.
    func matches(_ members: ChunkMembers, on tape: AnswerTape, in data: [UInt8]) -> Bool {
        Self.equal(members.id, id, tape, data) && Self.equal(members.model, model, tape, data)
            && Self.equal(members.object, object, tape, data) && Self.equal(members.created, created, tape, data)
    }

    private static func equal(_ position: Int?, _ value: [UInt8], _ tape: AnswerTape, _ data: [UInt8]) -> Bool {
        guard let position else { return false }
        let range = tape[position].value
        guard range.count == value.count else { return false }
        return ByteSearch.equal(data.span, range.lowerBound, value.span)
    }

    /// Makes a chunk state this identity. Returns the members to add, for the ones it lacks.
    func impose(
        on members: ChunkMembers, tape: AnswerTape, data: [UInt8], edits: inout TapeEdits
    ) -> MemberList {
        var missing = MemberList()
        func set(_ position: Int?, _ name: StaticString, _ value: [UInt8], _ edits: inout TapeEdits) {
            if let position {
                if !Self.equal(position, value, tape, data) { edits.replace(tape[position].value, with: value) }
            } else {
                missing.add(name, value)
            }
        }
        set(members.id, "id", id, &edits)
        set(members.object, "object", object, &edits)
        set(members.created, "created", created, &edits)
        set(members.model, "model", model, &edits)
        return missing
    }

    /// The start of a chunk of our own: an open object with the four members.
    func open(into output: inout [UInt8]) {
        output.append("{\"id\":")
        output += id
        output.append(",\"object\":")
        output += object
        output.append(",\"created\":")
        output += created
        output.append(",\"model\":")
        output += model
    }
}
