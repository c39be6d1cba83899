/// How a broken answer is continued.
package enum ResumeMethod: String, Sendable, Hashable, CaseIterable {
    /// The delivered text goes along as the beginning of the assistant's message.
    case prefill
    /// The same request again; the new answer has to begin with the delivered text.
    case again
}
