import Synchronization

/// Receives webhooks, and answers as the test says; 200 if it says nothing.
final class FakeWebhook: Sendable {
    enum Answer: Sendable {
        case status(Int)
        case fails
        /// Not before ``release(_:)``.
        case hangs
    }

    struct Call: Sendable {
        let url: String
        let allowPrivateNetwork: Bool
        let headers: [String: String]
        let body: String
    }

    struct ConnectionRefused: Error {}

    private struct State {
        var answers: [String: [Answer]] = [:]
        var calls: [Call] = []
        var hanging: [String: [CheckedContinuation<Void, any Error>]] = [:]
        var inFlight = 0
        var maxInFlight = 0
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var calls: [Call] { state.withLock { $0.calls } }
    var maxInFlight: Int { state.withLock { $0.maxInFlight } }

    /// The answers to the next calls of a URL, in order; the last one stays.
    func answer(_ url: String, _ answers: Answer...) {
        state.withLock { $0.answers[url] = answers }
    }

    /// Lets the calls that hang now answer 200; those that come later do too.
    func release(_ url: String) {
        let hanging = state.withLock {
            $0.answers[url] = nil
            return $0.hanging.removeValue(forKey: url) ?? []
        }
        for continuation in hanging { continuation.resume() }
    }

    /// Waits until there were so many calls.
    func calls(_ count: Int) async -> [Call] {
        while true {
            let calls = calls
            if calls.count >= count { return calls }
            await withCheckedContinuation { continuation in
                let isThere = state.withLock {
                    if $0.calls.count >= count { return true }
                    $0.watchers.append(continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    func post(
        _ url: String, _ allowPrivateNetwork: Bool, _ headers: [(name: String, value: String)], _ body: [UInt8]
    ) async throws -> Int {
        let call = Call(
            url: url, allowPrivateNetwork: allowPrivateNetwork,
            headers: Dictionary(headers.map { ($0.name, $0.value) }, uniquingKeysWith: { "\($0), \($1)" }),
            body: String(decoding: body, as: UTF8.self))
        let (answer, watchers) = state.withLock { state in
            state.calls.append(call)
            state.inFlight += 1
            state.maxInFlight = max(state.maxInFlight, state.inFlight)
            var answers = state.answers[url] ?? [.status(200)]
            let answer = answers.count > 1 ? answers.removeFirst() : answers[0]
            state.answers[url] = answers
            defer { state.watchers = [] }
            return (answer, state.watchers)
        }
        defer { state.withLock { $0.inFlight -= 1 } }
        for watcher in watchers { watcher.resume() }
        switch answer {
        case .status(let status): return status
        case .fails: throw ConnectionRefused()
        case .hangs:
            try await hang(url)
            return 200
        }
    }

    private func hang(_ url: String) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock {
                    // Released, or cancelled, between the answer and here.
                    guard case .hangs? = $0.answers[url]?.first, !Task.isCancelled else { return true }
                    $0.hanging[url, default: []].append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            for continuation in state.withLock({ $0.hanging.removeValue(forKey: url) ?? [] }) {
                continuation.resume(throwing: CancellationError())
            }
        }
    }
}
