/// Status and headers of a provider's answer. Headers stay raw: most answers need none or one of them.
package struct AnswerHead: Sendable {
    /// HTTP status of the final answer, not of a 1xx before it.
    package var status: Int
    /// `name: value` lines, each ended by CR LF, of the final answer (no status line).
    package var rawHeaders: [UInt8]

    package init(status: Int, rawHeaders: [UInt8] = []) {
        self.status = status
        self.rawHeaders = rawHeaders
    }
}
