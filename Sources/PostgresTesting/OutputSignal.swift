import Foundation
import Synchronization

/// Waits for a text in a program's output.
final class OutputSignal: Sendable {
    private struct State {
        var output = ""
        var result: Result<Void, PostgreSQLTestError>?
        var waiter: CheckedContinuation<Void, any Error>?
    }

    private let text: String
    private let state = Mutex(State())

    init(text: String) {
        self.text = text
    }

    /// Takes all that a program writes, for as long as it writes: a full pipe would hold it up.
    func follow(_ handle: FileHandle) {
        handle.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                let output = self.state.withLock { $0.output }
                self.finish(.failure(PostgreSQLTestError("the server ended: \(output)")))
            } else {
                self.add(data)
            }
        }
    }

    private func add(_ data: Data) {
        let isFound = self.state.withLock { state in
            guard state.result == nil else { return false }
            state.output += String(decoding: data, as: UTF8.self)
            return state.output.contains(self.text)
        }
        if isFound { self.finish(.success(())) }
    }

    private func finish(_ result: Result<Void, PostgreSQLTestError>) {
        let waiter = self.state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            return state.waiter.take()
        }
        waiter?.resume(with: result.mapError { $0 as any Error })
    }

    /// Returns when the text was written; throws when the program has ended without it.
    func found() async throws {
        try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
            let result = self.state.withLock { state in
                if state.result == nil { state.waiter = waiter }
                return state.result
            }
            if let result { waiter.resume(with: result.mapError { $0 as any Error }) }
        }
    }
}
