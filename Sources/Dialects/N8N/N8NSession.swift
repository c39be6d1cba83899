import WireJSON

/// The key of a workflow's chat memory.
///
/// It always begins with the caller's scope, hashed: whatever a client names or says, the memory of another tenant is
/// out of reach, and the workflow learns nothing about tenants and keys.
enum N8NSession {
    /// Members in which clients name their conversation, top level and inside `metadata`.
    private static let names = [
        "session_id", "sessionId", "conversation_id", "conversationId", "thread_id", "chat_id",
    ]

    /// What the client names, else its `user`, else a hash that stays the same while the conversation grows.
    static func id(of chat: ChatRequest, context: CallContext) -> String {
        let scope = SHA256(Array(context.conversationScope.utf8)).hexadecimal.prefix(scopeDigits)
        if let name = name(in: chat, context) { return "\(scope)-\(name)" }
        // No name looks like this: those begin with a digit or one of a to f.
        return "martlet-\(scope)\(fingerprint(of: chat))"
    }

    /// Hexadecimal digits of the scope's hash: 64 bits, enough that nobody finds another scope with the same.
    private static let scopeDigits = 16

    private static func name(in chat: ChatRequest, _ context: CallContext) -> String? {
        if let session = context.session, !session.isEmpty { return session }
        for source in [JSONValue.object(chat.members), chat.members["metadata"] ?? .null] {
            for name in names {
                if let text = text(source[name]) { return text }
            }
        }
        return chat.user?.isEmpty == false ? chat.user : nil
    }

    /// Everything up to the first user message, which every later request repeats.
    private static func fingerprint(of chat: ChatRequest) -> String {
        var conversation = FowlerNollVo()
        for message in chat.messages {
            conversation.add(message.role.rawValue)
            for part in message.parts { add(part, to: &conversation) }
            if message.role == .user { break }
        }
        return conversation.hexadecimal
    }

    private static func add(_ part: ChatPart, to hash: inout FowlerNollVo) {
        switch part {
        case .text(let text, _): hash.add(text)
        case .image(.inline(_, let base64), _): hash.add(base64)
        case .image(.url(let url), _): hash.add(url)
        case .audio(let data, _): hash.add(data)
        case .file(.inline(_, let base64, _), _): hash.add(base64)
        case .file(.id(let id), _): hash.add(id)
        }
    }

    private static func text(_ value: JSONValue?) -> String? {
        let text = value?.stringValue ?? value?.numberValue?.text
        return text?.isEmpty == false ? text : nil
    }
}

/// FNV-1a with 64 bits: stable across processes and releases, unlike `Hasher`.
private struct FowlerNollVo {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        // A byte that no UTF-8 holds, so that "ab" + "c" differs from "a" + "bc".
        add(0xFF)
    }

    private mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    var hexadecimal: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
