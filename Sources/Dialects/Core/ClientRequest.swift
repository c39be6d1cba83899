package import WireJSON

/// A client's request after the one scan over its body: the bytes and where its top-level members lie.
package struct ClientRequest: Sendable {
    package var endpoint: Endpoint
    /// The body as received; validated JSON (an object) by the scan.
    package var body: [UInt8]
    package var members: JSONMembers
    /// The model name the client asked for.
    package var model: String
    package var stream: Bool
    /// `stream_options.include_usage`.
    package var includeUsage: Bool

    /// The `user` member: the client's own name for whoever asks.
    package var endUser: String? {
        members.member("user", in: body).flatMap { $0.kind == .string ? JSONSlice.string($0.value, in: body) : nil }
    }

    package init(
        endpoint: Endpoint, body: [UInt8], members: JSONMembers, model: String, stream: Bool, includeUsage: Bool
    ) {
        self.endpoint = endpoint
        self.body = body
        self.members = members
        self.model = model
        self.stream = stream
        self.includeUsage = includeUsage
    }
}
