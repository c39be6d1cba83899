/// The server's bytes are not RESP2, or more than is accepted.
struct ReplyViolation: Error, Equatable {
    let reason: String
}
