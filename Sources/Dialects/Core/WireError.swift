/// The error a client sees: OpenAI's envelope plus the headers that steer its retries.
///
/// Every internal error becomes one of these before it leaves; the envelope itself is written in one
/// place only, `WireError+Encoding.swift`.
package struct WireError: Error, Sendable, Hashable {
    /// HTTP status of the answer; unused once a stream has begun.
    package var status: Int
    /// OpenAI's family of errors, such as `invalid_request_error`.
    package var type: String
    /// What programs tell errors apart by, such as `model_not_found`.
    package var code: String?
    /// The request member at fault, as a path: `messages[0].role`.
    package var param: String?
    /// For people. Ends up at the client, so it holds no secrets.
    package var message: String
    /// How long the client is asked to wait; nil says nothing about it.
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
