/// What a dialect needs besides the request itself, handed in so that translation stays pure:
/// the clock, identifiers, remembered thoughts and files fetched beforehand.
package struct CallContext: Sendable {
    /// Seconds since 1970, for the `created` member.
    package var created: Int
    /// Unique text without a prefix (hexadecimal): ids of answers and invented tool calls derive from it.
    package var idSeed: String
    /// Thinking blocks and signatures remembered by tool-call id, for clients that only speak OpenAI.
    package var thoughts: @Sendable (_ toolCallID: String) -> ThoughtRecord?
    /// Files behind the URLs that ``Dialect/remoteFiles(in:target:)`` asked for.
    package var remoteFiles: [String: RemoteFile]
    /// Whose conversation this is (tenant, key, end user …): keeps apart what a dialect derives from the
    /// conversation's words and from names that clients give it, such as n8n's session id.
    package var conversationScope = ""
    /// The conversation's name as the client gave it in `x-martlet-session`; stronger than any in the body.
    package var session: String?

    package init(
        created: Int, idSeed: String, thoughts: @escaping @Sendable (String) -> ThoughtRecord? = { _ in nil },
        remoteFiles: [String: RemoteFile] = [:]
    ) {
        self.created = created
        self.idSeed = idSeed
        self.thoughts = thoughts
        self.remoteFiles = remoteFiles
    }
}

/// A file the gateway fetched on behalf of a dialect that cannot pass URLs on.
package struct RemoteFile: Sendable {
    /// The media type found in the content itself, not the one the server claimed.
    package var mediaType: String
    package var bytes: [UInt8]

    package init(mediaType: String, bytes: [UInt8]) {
        self.mediaType = mediaType
        self.bytes = bytes
    }
}
