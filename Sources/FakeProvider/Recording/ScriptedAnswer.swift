/// An answer given byte by byte, for replaying recorded traffic and for anything no fault item covers.
package struct ScriptedAnswer: Sendable, Hashable {
    /// Where the body is cut; each part is one write, and one HTTP chunk when the answer is chunked.
    package enum Split: Sendable, Hashable {
        case whole
        case every(Int)
        /// These sizes, then the rest.
        case sizes([Int])
        /// After each blank line (SSE) or, where there is none, each line.
        case events
    }

    package enum Ending: String, Sendable, Hashable {
        case complete
        /// FIN without the end of the HTTP message.
        case cut
        /// RST.
        case reset
        /// Silence until the client goes away.
        case stall
    }

    package var status: Int
    /// nil: the usual phrase for the status.
    package var reason: String?
    /// Sent as they are, in this order; a length or chunking is added only where neither is named.
    package var headers: [FakeHeader]
    package var body: [UInt8]
    package var split: Split
    /// Before the head.
    package var late: Duration
    /// Between the parts of the body.
    package var gap: Duration
    package var ending: Ending
    /// The body is the whole answer, status line included, and nothing is added to it.
    package var isRaw = false

    package init(
        status: Int = 200, headers: [FakeHeader] = [], body: [UInt8], split: Split = .whole, late: Duration = .zero,
        gap: Duration = .zero, ending: Ending = .complete
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.split = split
        self.late = late
        self.gap = gap
        self.ending = ending
    }

    /// Any bytes at all, HTTP or not; the connection is closed afterwards unless `ending` says otherwise.
    package static func raw(_ bytes: [UInt8], split: Split = .whole, ending: Ending = .cut) -> ScriptedAnswer {
        var answer = ScriptedAnswer(body: bytes, split: split, ending: ending)
        answer.isRaw = true
        return answer
    }

    /// An event stream, cut after each event.
    package static func events(_ text: String, gap: Duration = .zero, ending: Ending = .complete) -> ScriptedAnswer {
        ScriptedAnswer(
            headers: [FakeHeader("content-type", "text/event-stream")], body: Array(text.utf8), split: .events,
            gap: gap,
            ending: ending)
    }

    /// A JSON body.
    package static func json(_ text: String, status: Int = 200) -> ScriptedAnswer {
        ScriptedAnswer(
            status: status, headers: [FakeHeader("content-type", "application/json")], body: Array(text.utf8))
    }
}
