/// One server-sent event, or one comment line between events.
package struct SSEEvent: Sendable, Hashable {
    /// The `event` field; nil when absent or empty.
    package var name: String?
    /// The `data` lines joined by line feeds; of a comment: its text.
    package var data: [UInt8]
    /// A line that begins with a colon: a sign of life, no event.
    package var isComment: Bool

    package init(name: String? = nil, data: [UInt8], isComment: Bool = false) {
        self.name = name
        self.data = data
        self.isComment = isComment
    }
}

/// Why a stream of events or lines cannot be read on.
package enum SSEError: Error, Sendable, Hashable {
    /// One event (or line) is larger than the reader's bound, given in bytes. The reader stays stopped.
    case eventTooLarge(limit: Int)
}
