import Dialects
import Routing

extension ProviderFailure {
    static func of(_ failureClass: FailureClass, after wait: Int? = nil, status: Int = 500) -> ProviderFailure {
        ProviderFailure(
            failureClass, upstreamStatus: status, message: "\(failureClass.rawValue) happened",
            retryAfterMilliseconds: wait)
    }
}

extension AttemptFailure {
    static func of(_ failureClass: FailureClass, after wait: Int? = nil) -> AttemptFailure {
        AttemptFailure(.of(failureClass, after: wait))
    }

    static let silence = AttemptFailure(.of(.timeout, status: 0), phase: .firstToken)
    static let refusal = AttemptFailure(.of(.connection, status: 0), phase: .connect)
    static let reset = AttemptFailure(.of(.connection, status: 0), phase: .firstToken)
    static func cut(_ failureClass: FailureClass = .streamBroken, bytes: Int = 100) -> AttemptFailure {
        AttemptFailure(.of(failureClass, status: 200), delivered: .text(bytes: bytes))
    }
}
