import WireJSON

/// The end of a stream: whatever of finish reason, usage and end marker the provider has not sent.
extension ChunkRelay {
    /// - Parameter isMarked: the provider said `[DONE]`; else its body just ended.
    /// - Throws: for a stream that ends before its answer does. Nothing is written then.
    mutating func end(isMarked: Bool, into output: inout [UInt8]) throws(ProviderFailure) {
        let open = choices.indices.filter { choices[$0].isSeen && !choices[$0].isFinished }
        guard hasOutput, isMarked || open.isEmpty else {
            throw OpenAIFailure.broken(
                isMarked
                    ? "The provider's stream ended without an answer."
                    : "The provider's stream ended without its end marker.")
        }
        for index in open { close(index, into: &output) }
        if plan.includeUsage { writeUsage(into: &output) }
        output.append("data: [DONE]\n\n")
    }

    /// A choice whose provider ended the stream properly but gave no finish reason.
    private mutating func close(_ index: Int, into output: inout [UInt8]) {
        if isChat, !choices[index].isRoleSent {
            if choices[index].heldRole.isEmpty {
                writeOwn(choice: index, delta: Array("\"role\":\"assistant\"".utf8), finish: nil, into: &output)
            } else {
                output += choices[index].heldRole
            }
            choices[index].isRoleSent = true
        }
        for call in choices[index].tools.bareCalls { writeEmptyArguments(of: call, choice: index, into: &output) }
        choices[index].isFinished = true
        let reason = FinishWord.Reason.stop.agreeing(hasToolCalls: choices[index].tools.hasAnnounced)
        writeFinish(reason, choice: index, into: &output)
    }

    private mutating func writeUsage(into output: inout [UInt8]) {
        let stated = UsageReading(usageText)
        if let stated, stated.conforms, !usageFrame.isEmpty {
            output += usageFrame
            return
        }
        openOwn(into: &output)
        output.append(",\"choices\":[],\"usage\":")
        let usage = stated ?? UsageReading(estimatedFor: plan, deliveredBytes: deliveredBytes)
        output += usage.text
        output.append("}\n\n")
    }
}
