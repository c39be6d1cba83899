/// Translation between OpenAI's format and one provider's, both ways. Pure: no I/O, no clock.
package protocol Dialect: Sendable {
    /// The headers every request to this provider carries, computed once per provider key: content type,
    /// credentials, version. Policy headers are added by the gateway.
    func headers(apiKey: String?) -> [(name: String, value: String)]

    /// The same for a provider at this base URL: Azure speaks OpenAI's dialect but takes its key in a header
    /// of its own. The gateway calls this one.
    func headers(apiKey: String?, baseURL: String) -> [(name: String, value: String)]

    /// URLs in the request that this provider cannot fetch itself; the gateway fetches them and hands
    /// them to `prepare` in ``CallContext/remoteFiles``. Empty for most.
    func remoteFiles(in request: ClientRequest, target: Target) throws(WireError) -> [String]

    /// The request as the provider wants it, or what is wrong with it.
    func prepare(
        _ request: ClientRequest, target: Target, context: CallContext
    ) throws(WireError) -> ProviderCall

    /// A whole answer of any status.
    func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome

    /// A translator for an answer with status 200 to a request with `stream: true`. A provider that
    /// answers such a request with a whole JSON body is handled here as well, hence `head`.
    func makeStream(head: AnswerHead, plan: AnswerPlan) -> any StreamTranslator
}

extension Dialect {
    package func headers(apiKey: String?, baseURL: String) -> [(name: String, value: String)] {
        headers(apiKey: apiKey)
    }

    package func remoteFiles(in request: ClientRequest, target: Target) throws(WireError) -> [String] { [] }
}
