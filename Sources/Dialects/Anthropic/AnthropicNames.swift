/// Ids and names of tools as Anthropic accepts them: `^[a-zA-Z0-9_-]+$`. Declared names are that already; ids and
/// names in a conversation's history can come from anywhere.
struct AnthropicNames {
    private static let maxNameLength = 128
    /// Characters kept of a text that has to be rewritten.
    private static let kept = 64

    /// The functions of this request.
    let declared: Set<String>
    /// Provider's name → client's name, only where they differ.
    private(set) var wayBack: [String: String] = [:]

    init(declared: [String]) {
        self.declared = Set(declared)
    }

    /// The name to send for a function called in the history. The model may take it up, hence the way back.
    mutating func provider(_ name: String) -> String {
        if declared.contains(name) { return name }
        let accepted = Self.accepted(name, limit: Self.maxNameLength)
        if accepted != name, !declared.contains(accepted) { wayBack[accepted] = name }
        return accepted
    }

    /// The id to send; the same for the same text, so that a call and its result still belong together, and so
    /// that the prompt is the same at every turn and stays cached.
    static func id(_ id: String) -> String { accepted(id, limit: .max) }

    private static func accepted(_ text: String, limit: Int) -> String {
        if !text.isEmpty, text.utf8.count <= limit, text.utf8.allSatisfy(isAccepted) { return text }
        var bytes = text.utf8.prefix(kept).map { isAccepted($0) ? $0 : UInt8(ascii: "_") }
        bytes.append(UInt8(ascii: "_"))
        // Tells apart what looks the same after rewriting (FNV-1a).
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        bytes += String(hash, radix: 16).utf8
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isAccepted(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
