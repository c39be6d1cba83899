import WireJSON

/// One element of a delta's `tool_calls`: where its parts lie on the tape.
struct ToolFragment {
    /// The element itself.
    let entry: Int
    private(set) var index: Int?
    /// Strings with content only; an empty id or name says nothing.
    private(set) var id: Int?
    private(set) var name: Int?
    private(set) var arguments: Int?
    private(set) var function: Int?
    private(set) var isCustom = false
    /// Whether there is an id or name member at all, also an empty one or null.
    private(set) var hasIDMember = false
    private(set) var hasNameMember = false
    private(set) var hasType = false

    /// The call it belongs to, counted from 0 in this choice; set by ``ToolCallTrack``.
    var call = 0
    /// Whether it starts that call for the client.
    var starts = false

    init(_ entry: Int, on tape: AnswerTape) {
        self.entry = entry
        for child in tape.children(of: entry) {
            switch tape[child].key {
            case .index: index = child
            case .id:
                hasIDMember = true
                if tape[child].isText { id = child }
            case .type: hasType = tape[child].isText
            case .custom: isCustom = tape[child].kind == .object
            case .function:
                function = child
                readFunction(child, on: tape)
            default: break
            }
        }
    }

    private mutating func readFunction(_ function: Int, on tape: AnswerTape) {
        for child in tape.children(of: function) {
            switch tape[child].key {
            case .name:
                hasNameMember = true
                if tape[child].isText { name = child }
            case .arguments: arguments = child
            default: break
            }
        }
    }

    /// Whether the fragment already is what OpenAI would send: a call's first with id, type and name, later
    /// ones with none of them, all with the dense index and a string of arguments.
    func conforms(on tape: AnswerTape, in data: [UInt8]) -> Bool {
        guard let index, tape.natural(index, in: data) == call else { return false }
        if isCustom { return starts ? id != nil && hasType : !hasIDMember }
        guard let arguments, tape[arguments].kind == .string else { return false }
        return starts ? id != nil && name != nil && hasType : !hasIDMember && !hasNameMember && !hasType
    }

    /// Appends arguments as the content of a string; some providers send the object itself.
    static func appendArguments(_ arguments: AnswerEntry, in data: [UInt8], to text: inout [UInt8]) {
        switch arguments.kind {
        case .string: text += data[arguments.content]
        case .object:
            var quoted: [UInt8] = []
            JSONText.appendString(utf8: Array(data[arguments.value]), to: &quoted)
            text += quoted.dropFirst().dropLast()
        default: break
        }
    }
}
