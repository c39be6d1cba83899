import Dialects

/// What one request carries through the stages.
///
/// `@unchecked Sendable`: confined to the event loop of its request, as the task is that holds it.
final class RequestState: @unchecked Sendable {
    /// 32 hexadecimal digits; `x-request-id` shows it with the prefix `req_`.
    let id: String
    let inbound: InboundRequest
    /// Seconds since 1970.
    let created: Int
    /// The policy this request started with.
    let runtime: Runtime
    let response: any ResponseWriter
    /// Attempts made at targets so far.
    var attempts = 0
    /// How close the caller is to its limits, once they have been asked.
    var limitHeaders: HeaderBlock?
    /// When the first of the answer went to the client: monotonic nanoseconds.
    var firstTokenAt: UInt64?
    /// What the client has been sent of the answer, where that is kept.
    var transcript = Transcript()
    private var isBooked = false

    init(id: String, inbound: InboundRequest, created: Int, runtime: Runtime, response: any ResponseWriter) {
        self.id = id
        self.inbound = inbound
        self.created = created
        self.runtime = runtime
        self.response = response
    }

    /// True the first time: whoever gets it writes the request down.
    func claimBooks() -> Bool {
        defer { isBooked = true }
        return !isBooked
    }
}
