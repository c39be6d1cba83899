/// The lines of a streaming workflow taken together. Several agents may speak one after the other, each
/// between its own begin and end; only the end of the body ends the answer.
struct N8NTranscript {
    static let unreadable = ProviderFailure(
        .streamBroken, upstreamStatus: 200, message: "The workflow's stream could not be read.")

    private var items = 0
    private var isOpen = true

    /// - Returns: text to show, if the line holds some.
    /// - Throws: what an error line says, or that the line cannot be read.
    mutating func read(_ line: [UInt8]) throws(ProviderFailure) -> String? {
        switch N8NLine(line) {
        case nil: throw Self.unreadable
        case .other?: return nil
        case .begin?:
            isOpen = true
            return nil
        case .end?:
            isOpen = false
            return nil
        case .item(let text)?:
            items += 1
            isOpen = true
            return text
        case .error(let message)?:
            throw ProviderFailure(.server, upstreamStatus: 200, message: ProviderMessage.clean(message))
        }
    }

    /// The body has ended. Throws unless the last speaker came to an end and somebody said something.
    func close() throws(ProviderFailure) {
        if isOpen {
            throw ProviderFailure(.streamBroken, upstreamStatus: 200, message: "The workflow's stream ended too early.")
        }
        if items == 0 {
            throw ProviderFailure(
                .misconfigured, upstreamStatus: 200,
                message: "The workflow ended its stream without any text. Streaming must be enabled on its agent node.")
        }
    }
}
