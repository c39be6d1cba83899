import Dialects

/// What one request carries through the stages.
struct RequestState: Sendable {
    /// 32 hexadecimal digits; `x-request-id` shows it with the prefix `req_`.
    let id: String
    let inbound: InboundRequest
    /// Seconds since 1970.
    let created: Int
    /// The policy this request started with.
    let runtime: Runtime
    let response: any ResponseWriter
}
