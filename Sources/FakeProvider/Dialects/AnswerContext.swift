import WireJSON

/// Everything a dialect's writer needs beside the request body.
struct AnswerContext: Sendable {
    var request: FakeRequest
    /// The request's body, parsed once; nil when it is no JSON object.
    var document: JSONValue?
    var route: FakeRoute
    var behaviour: FakeBehaviour
    /// Number of the request on this server; ids are made from it.
    var serial: Int
    /// Unix seconds.
    var now: Int

    var dialect: FakeDialect {
        let asked = behaviour.dialect ?? route.dialect
        // `as=` chooses among the variants of one format; it cannot turn an Anthropic body into an OpenAI one.
        return asked.isOpenAILike == route.dialect.isOpenAILike ? asked : route.dialect
    }

    /// The model the path or the body names.
    var model: String? { route.model ?? document?["model"]?.stringValue }

    /// `prefix` and the serial number, padded to the usual length of a provider's ids.
    func id(_ prefix: String, _ extra: Int = 0) -> String {
        let digits = String(serial, radix: 36) + (extra == 0 ? "" : "x" + String(extra, radix: 36))
        return prefix + "fake" + String(repeating: "0", count: max(0, 16 - digits.count)) + digits
    }

    func failure(_ kind: FakeErrorKind, _ message: String? = nil, param: String? = nil, model: String = "")
        -> FakeFailure
    {
        FakeFailure(kind: kind, message: message, param: param, model: model)
    }
}
