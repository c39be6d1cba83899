import Synchronization

/// The first of several results.
final class Race<Success: Sendable>: Sendable {
    typealias Outcome = Result<Success, LimitStoreFailure>

    private enum State {
        case running(CheckedContinuation<Outcome, Never>?)
        case ended(Outcome)
    }

    private let state = Mutex(State.running(nil))

    /// Answers whether this was the first.
    @discardableResult
    func end(_ outcome: Outcome) -> Bool {
        let (isFirst, waiting): (Bool, CheckedContinuation<Outcome, Never>?) = state.withLock {
            guard case .running(let continuation) = $0 else { return (false, nil) }
            $0 = .ended(outcome)
            return (true, continuation)
        }
        waiting?.resume(returning: outcome)
        return isFirst
    }

    func value() async -> Outcome {
        await withCheckedContinuation { continuation in
            let ended: Outcome? = state.withLock {
                if case .ended(let outcome) = $0 { return outcome }
                $0 = .running(continuation)
                return nil
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }
}
