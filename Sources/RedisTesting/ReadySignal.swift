import Foundation
import Synchronization

/// Waits for a text in a program's output.
final class ReadySignal: Sendable {
    private struct State {
        var output = ""
        var result: Result<Void, RedisTestError>?
        var waiter: CheckedContinuation<Void, any Error>?
    }

    private let text: String
    private let state = Mutex(State())

    init(text: String) {
        self.text = text
    }

    func add(_ data: Data) {
        let isReady = self.state.withLock { state in
            guard state.result == nil else { return false }
            state.output += String(decoding: data, as: UTF8.self)
            return state.output.contains(self.text)
        }
        if isReady { self.finish(.success(())) }
    }

    /// The output has ended.
    func end() {
        let output = self.state.withLock { $0.output }
        self.finish(.failure(RedisTestError("redis-server ended: \(output)")))
    }

    private func finish(_ result: Result<Void, RedisTestError>) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            return state.waiter.take()
        }
        waiter?.resume(with: result.mapError { $0 as any Error })
    }

    func reached() async throws {
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            let result = self.state.withLock { state in
                if state.result == nil { state.waiter = waiter }
                return state.result
            }
            if let result { waiter.resume(with: result.mapError { $0 as any Error }) }
        }
    }
}
