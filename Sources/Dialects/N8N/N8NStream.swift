import WireJSON

/// A workflow's answer to a stream request: lines of JSON as they come, or, from workflows that do not
/// stream, a whole answer that is replayed.
struct N8NStream: StreamTranslator {
    private enum Mode {
        /// No line so far told what the body is; the next one begins at `lineStart`.
        case undecided([UInt8], lineStart: Int)
        case lines
        case whole(WholeAnswerStream)
    }

    private let head: AnswerHead
    private let plan: AnswerPlan
    private var mode = Mode.undecided([], lineStart: 0)
    private var lines = LineReader()
    private var transcript = N8NTranscript()
    private var writer: ChatStreamWriter
    private var final: StreamState?
    private var estimate: TokenUsage?

    init(head: AnswerHead, plan: AnswerPlan) {
        self.head = head
        self.plan = plan
        writer = ChatStreamWriter(plan: plan)
    }

    /// n8n reports none: nil until the end, then estimated.
    var usage: TokenUsage? {
        if case .whole(let stream) = mode { stream.usage } else { estimate }
    }

    var thoughts: [ThoughtRecord] { [] }

    var deliveredBytes: Int {
        if case .whole(let stream) = mode { stream.deliveredBytes } else { writer.deliveredBytes }
    }

    mutating func feed(_ bytes: [UInt8], into output: inout [UInt8]) -> StreamState {
        if let final { return final }
        switch mode {
        case .undecided(let seen, let lineStart):
            mode = .lines
            return decide(seen, lineStart: lineStart, bytes, into: &output)
        case .lines:
            return feedLines(bytes, into: &output)
        case .whole(var stream):
            mode = .lines
            defer { mode = .whole(stream) }
            return stream.feed(bytes, into: &output)
        }
    }

    mutating func end(into output: inout [UInt8]) -> StreamState {
        if let final { return final }
        if case .undecided(let seen, let lineStart) = mode {
            // A last line without its end.
            if N8NLine.opensStream(Array(seen[lineStart...])) {
                mode = .lines
                let state = feedLines(seen, into: &output)
                if case .failed = state { return state }
            } else {
                _ = switchToWhole(seen, into: &output)
            }
        }
        guard case .whole(var stream) = mode else { return endLines(into: &output) }
        let state = stream.end(into: &output)
        mode = .whole(stream)
        return end(with: state)
    }

    /// The first line with content tells what the body is. No byte is looked at twice before that.
    private mutating func decide(
        _ seen: consuming [UInt8], lineStart: Int, _ bytes: [UInt8], into output: inout [UInt8]
    ) -> StreamState {
        var seen = seen
        seen += bytes
        var start = lineStart
        if bytes.contains(where: N8NLine.isLineEnd) {
            while let end = seen[start...].firstIndex(where: N8NLine.isLineEnd) {
                let line = Array(seen[start..<end])
                start = end + 1
                if N8NLine.isEmpty(line) { continue }
                return N8NLine.opensStream(line) ? feedLines(seen, into: &output) : switchToWhole(seen, into: &output)
            }
        }
        if seen.count > WholeAnswerStream.maximumBytes { return switchToWhole(seen, into: &output) }
        mode = .undecided(seen, lineStart: start)
        return .waiting
    }

    // MARK: Lines

    private mutating func feedLines(_ bytes: [UInt8], into output: inout [UInt8]) -> StreamState {
        lines.feed(bytes)
        do throws(ProviderFailure) {
            while let line = lines.next() {
                writer.text(try transcript.read(line) ?? "", into: &output)
            }
            if lines.isOverlong {
                throw N8NTranscript.unreadable
            }
        } catch {
            return end(with: .failed(error))
        }
        return writer.hasOutput ? .flowing : .waiting
    }

    private mutating func endLines(into output: inout [UInt8]) -> StreamState {
        do throws(ProviderFailure) {
            if let line = lines.finish() { writer.text(try transcript.read(line) ?? "", into: &output) }
            try transcript.close()
        } catch {
            return end(with: .failed(error))
        }
        let usage = TokenUsage.estimate(promptBytes: plan.promptBytes, completionBytes: writer.deliveredBytes)
        estimate = usage
        writer.finish(.stop, usage: usage, into: &output)
        return end(with: .complete)
    }

    // MARK: Whole answers

    private mutating func switchToWhole(_ seen: [UInt8], into output: inout [UInt8]) -> StreamState {
        var stream = WholeAnswerStream(plan: plan, head: head) { body, head, plan in
            N8NAnswer.translate(body, head: head, plan: plan)
        }
        let state = stream.feed(seen, into: &output)
        mode = .whole(stream)
        return state
    }

    private mutating func end(with state: StreamState) -> StreamState {
        final = state
        return state
    }
}
