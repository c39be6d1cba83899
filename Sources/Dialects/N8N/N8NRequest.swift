import WireJSON

/// What a workflow gets: the members that n8n's Chat Trigger and AI Agent read (`chatInput`, `sessionId`,
/// `action`), and beside them the whole conversation.
struct N8NRequest {
    private let chat: ChatRequest
    private let request: ClientRequest
    private let model: String
    private let sessionID: String

    init(_ chat: ChatRequest, request: ClientRequest, target: Target, context: CallContext) {
        self.chat = chat
        self.request = request
        model = target.model
        sessionID = N8NSession.id(of: chat, context: context)
    }

    /// Bytes of text in the conversation, for an estimate of usage.
    var promptBytes: Int {
        chat.messages.reduce(0) { $0 + $1.text.utf8.count }
    }

    func body() -> [UInt8] {
        let user = chat.user.map(JSONValue.string) ?? .null
        let rest: [(StaticString, JSONValue)] = [
            ("chatInput", .string(chatInput)), ("sessionId", .string(sessionID)),
            ("action", "sendMessage"), ("webhook_type", request.endpoint == .completions ? "completion" : "chat"),
            ("model", .string(model)), ("userId", user), ("user", user), ("stream", .bool(request.stream)),
        ]
        var body = Array("{\"messages\":".utf8)
        appendMessages(to: &body)
        for (name, value) in rest {
            body.append(UInt8(ascii: ","))
            JSONText.appendString("\(name)", to: &body)
            body.append(UInt8(ascii: ":"))
            value.write(to: &body)
        }
        body.append(UInt8(ascii: "}"))
        return body
    }

    /// As the client sent them; the prompt of a completion as the one message it stands for.
    private func appendMessages(to body: inout [UInt8]) {
        if request.endpoint == .chatCompletions, let member = request.members.member("messages", in: request.body) {
            body += request.body[member.value]
            return
        }
        let messages = chat.messages.map { message -> JSONValue in
            ["role": .string(message.role.rawValue), "content": .string(message.text)]
        }
        JSONValue.array(messages).write(to: &body)
    }

    /// The last thing the user said.
    private var chatInput: String {
        (chat.messages.last { $0.role == .user } ?? chat.messages.last)?.text ?? ""
    }
}
