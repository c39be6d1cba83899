/// The error a client sees: OpenAI's envelope plus the headers that steer its retries.
///
/// Every internal error becomes one of these before it leaves; the envelope itself is written in one
/// place only, `WireError+Encoding.swift`.
///
/// One word wide: it is thrown typed, so every frame on the way keeps room for one, and those of asynchronous functions
/// come from the heap.
@dynamicMemberLookup
package struct WireError: Error, Sendable, Hashable {
    /// What an error says.
    package struct Members: Sendable, Hashable {
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
    }

    private indirect enum Box: Sendable, Hashable { case members(Members) }
    private var box: Box

    package init(
        status: Int, type: String, code: String? = nil, param: String? = nil, message: String,
        retryAfterMilliseconds: Int? = nil, shouldRetry: Bool? = nil
    ) {
        box = .members(
            Members(
                status: status, type: type, code: code, param: param, message: message,
                retryAfterMilliseconds: retryAfterMilliseconds, shouldRetry: shouldRetry))
    }

    private var members: Members {
        get {
            switch box {
            case .members(let members): members
            }
        }
        set { box = .members(newValue) }
    }

    /// The members, as if they were the error's own.
    package subscript<Value>(dynamicMember path: WritableKeyPath<Members, Value>) -> Value {
        get { members[keyPath: path] }
        set { members[keyPath: path] = newValue }
    }

    /// 400 `invalid_request_error`: the client's input is wrong at `param`.
    package static func invalidRequest(_ message: String, param: String? = nil, code: String? = nil) -> WireError {
        WireError(status: 400, type: "invalid_request_error", code: code, param: param, message: message)
    }
}
