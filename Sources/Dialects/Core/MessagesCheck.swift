import WireJSON

/// The part of ``RequestCheck`` that looks at `messages`: a non-empty array of objects with a known role.
enum MessagesCheck {
    static func run(_ member: JSONMembers.Member, in body: [UInt8]) throws(WireError) {
        guard member.kind == .array else {
            throw .wrongType(
                "messages", expected: "an array of objects", got: member.kind.withArticle(body[member.value]))
        }
        var messages = JSONCursor(member.value, in: body)
        var index = 0
        while let message = messages.next() {
            let kind = JSONKind(firstByte: body[message.value.lowerBound])
            guard kind == .object else {
                throw .wrongType(
                    "messages[\(index)]", expected: "an object", got: kind.withArticle(body[message.value]))
            }
            try checkRole(of: message.value, index, in: body)
            index += 1
        }
        if index == 0 { throw .emptyArray("messages") }
    }

    private static func checkRole(of message: Range<Int>, _ index: Int, in body: [UInt8]) throws(WireError) {
        guard let role = try RequestCheck.string("role", of: message, in: body, at: "messages[\(index)]") else {
            throw .missing("messages[\(index)].role")
        }
        let text = body[role].dropFirst().dropLast()
        guard !roles.contains(where: { $0.equals(text) }) else { return }
        let name = JSONSlice.string(role, in: body) ?? ""
        guard ChatMessage.Role(rawValue: name) == nil else { return }  // written with escapes
        throw .invalidValue("messages[\(index)].role", name, supported: ChatMessage.roleNames)
    }

    private static let roles: [StaticString] = ["user", "assistant", "system", "tool", "developer", "function"]
}
