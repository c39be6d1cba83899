import Synchronization

/// Answers waiting for their request, first come first served.
final class Scripts: Sendable {
    private struct Entry {
        var match: RequestMatch
        var answer: ScriptedAnswer
        /// nil: for ever.
        var left: Int?
    }

    private let entries = Mutex<[Entry]>([])

    /// - Parameter times: how many requests it answers; nil for all to come.
    func add(_ answer: ScriptedAnswer, _ match: RequestMatch, times: Int?) {
        entries.withLock { $0.append(Entry(match: match, answer: answer, left: times)) }
    }

    func clear() {
        entries.withLock { $0 = [] }
    }

    var count: Int {
        entries.withLock { $0.count }
    }

    /// Takes the first script that matches.
    func take(for request: RecordedRequest, model: () -> String?) -> ScriptedAnswer? {
        entries.withLock { entries in
            if entries.isEmpty { return nil }
            guard let index = entries.firstIndex(where: { $0.match.matches(request, model: model()) }) else {
                return nil
            }
            let answer = entries[index].answer
            if let left = entries[index].left {
                if left > 1 { entries[index].left = left - 1 } else { entries.remove(at: index) }
            }
            return answer
        }
    }
}
