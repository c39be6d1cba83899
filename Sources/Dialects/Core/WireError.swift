/// The error a client sees: OpenAI's envelope plus the headers that steer its retries.
///
/// Every internal error becomes one of these before it leaves; the envelope itself is written in one
/// place only, `WireError+Encoding.swift`.
package struct WireError: Error, Sendable, Hashable {
    package var status: Int
    package var type: String
    package var code: String?
    package var param: String?
    package var message: String
    package var retryAfterMilliseconds: Int?
    /// Value of `x-should-retry`; nil leaves the decision to the client's SDK.
    package var shouldRetry: Bool?

    package init(
        status: Int, type: String, code: String? = nil, param: String? = nil, message: String,
        retryAfterMilliseconds: Int? = nil, shouldRetry: Bool? = nil
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.message = message
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.shouldRetry = shouldRetry
    }

    /// 400 `invalid_request_error`: the client's input is wrong at `param`.
    package static func invalidRequest(_ message: String, param: String? = nil, code: String? = nil) -> WireError {
        WireError(status: 400, type: "invalid_request_error", code: code, param: param, message: message)
    }
}
