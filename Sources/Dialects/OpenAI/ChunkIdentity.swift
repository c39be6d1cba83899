import WireJSON

/// What all chunks of one stream have in common: id, object, creation time and model, as the first chunk
/// worth showing states them, else as the plan does. Fingerprint and service tier belong to it where the
/// provider states them; they are repeated in our own chunks, but not imposed on the provider's.
struct ChunkIdentity {
    /// An open JSON object with these members.
    private var opening: [UInt8] = []
    /// Where their values lie in it.
    private var id = 0..<0
    private var object = 0..<0
    private var created = 0..<0
    private var model = 0..<0

    init(_ members: ChunkMembers, on tape: AnswerTape, in data: [UInt8], plan: AnswerPlan) {
        func stated(_ position: Int?, where isGood: (Int) -> Bool) -> [UInt8]? {
            position.flatMap { isGood($0) ? Array(data[tape[$0].value]) : nil }
        }
        let object: StaticString = plan.endpoint == .completions ? "text_completion" : "chat.completion.chunk"
        id = add("{\"id\":", stated(members.id) { tape[$0].isText } ?? JSONText.quoted(Self.inventedID(plan)))
        self.object = add(",\"object\":", JSONText.quoted(object.description))
        created = add(
            ",\"created\":",
            stated(members.created) { Self.isTime($0, on: tape, in: data) } ?? Array(String(plan.created).utf8))
        model = add(",\"model\":", stated(members.model) { tape[$0].isText } ?? JSONText.quoted(plan.upstreamModel))
        if let tier = members.serviceTier {
            let name = ServiceTier.openAI(tape[tier], in: data, kind: plan.kind)
            _ = add(",\"service_tier\":", name ?? Array(data[tape[tier].value]))
        }
        if let fingerprint = stated(members.systemFingerprint, where: { _ in true }) {
            _ = add(",\"system_fingerprint\":", fingerprint)
        }
    }

    private mutating func add(_ name: StaticString, _ value: [UInt8]) -> Range<Int> {
        opening.append(name)
        opening += value
        return opening.count &- value.count..<opening.count
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
        equal(members.id, id, tape, data) && equal(members.model, model, tape, data)
            && equal(members.object, object, tape, data) && equal(members.created, created, tape, data)
    }

    private func equal(_ position: Int?, _ value: Range<Int>, _ tape: AnswerTape, _ data: [UInt8]) -> Bool {
        guard let position else { return false }
        let range = tape[position].value
        return range.count == value.count && ByteSearch.equal(data, range.lowerBound, opening, value)
    }

    /// Makes a chunk state this identity. Returns the members to add, for the ones it lacks.
    func impose(
        on members: ChunkMembers, tape: AnswerTape, data: [UInt8], edits: inout TapeEdits
    ) -> MemberList {
        var missing = MemberList()
        func set(_ position: Int?, _ name: StaticString, _ value: Range<Int>, _ edits: inout TapeEdits) {
            if let position {
                guard !equal(position, value, tape, data) else { return }
                edits.replace(tape[position].value, with: Array(opening[value]))
            } else {
                missing.add(name, Array(opening[value]))
            }
        }
        set(members.id, "id", id, &edits)
        set(members.object, "object", object, &edits)
        set(members.created, "created", created, &edits)
        set(members.model, "model", model, &edits)
        return missing
    }

    /// The start of a chunk of our own: an open object with the members that all chunks share.
    func open(into output: inout [UInt8]) {
        output += opening
    }
}
