import Dialects
import WireJSON

extension AnswerHead {
    /// A head with these header lines.
    static func of(_ status: Int, _ headers: [(name: String, value: String)] = []) -> AnswerHead {
        var raw: [UInt8] = []
        for (name, value) in headers { raw += "\(name): \(value)\r\n".utf8 }
        return AnswerHead(status: status, rawHeaders: raw)
    }
}

extension AnswerPlan {
    /// A plan for tests: fixed time and seed, and only what the test cares about.
    static func sample(
        _ endpoint: Endpoint = .chatCompletions, kind: ProviderKind = .openai, stream: Bool = false,
        includeUsage: Bool = false, model: String = "served-model"
    ) -> AnswerPlan {
        AnswerPlan(
            endpoint: endpoint, kind: kind, stream: stream, includeUsage: includeUsage, clientModel: "client-model",
            upstreamModel: model, created: 1_795_000_000, idSeed: "0123456789abcdef0123456789abcdef")
    }
}

extension CallContext {
    /// The context that belongs to ``AnswerPlan/sample(_:kind:stream:includeUsage:model:)``.
    static var sample: CallContext {
        CallContext(created: 1_795_000_000, idSeed: "0123456789abcdef0123456789abcdef")
    }
}

extension ClientRequest {
    /// A checked request from JSON text.
    static func of(_ json: String, _ endpoint: Endpoint = .chatCompletions) throws(WireError) -> ClientRequest {
        try ClientRequest(checking: Array(json.utf8), endpoint: endpoint)
    }

    /// A checked request from a JSON value.
    static func of(_ json: JSONValue, _ endpoint: Endpoint = .chatCompletions) throws(WireError) -> ClientRequest {
        try ClientRequest(checking: json.bytes, endpoint: endpoint)
    }
}

extension StreamState {
    var isWaiting: Bool { if case .waiting = self { true } else { false } }
    var isComplete: Bool { if case .complete = self { true } else { false } }
    var failure: ProviderFailure? { if case .failed(let failure) = self { failure } else { nil } }
}

extension AnswerOutcome {
    var answer: TranslatedAnswer? { if case .answer(let answer) = self { answer } else { nil } }
    var failure: ProviderFailure? { if case .failure(let failure) = self { failure } else { nil } }
}
