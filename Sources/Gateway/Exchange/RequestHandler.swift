package import Dialects

/// Answers requests: the data plane's pipeline, the control plane's router, a test.
package protocol RequestHandler: Sendable {
    /// Runs in a task pinned to the connection's event loop; cancelled when the client leaves. Every path
    /// must end the response; the listener answers 500 for one that does not.
    func handle(_ request: InboundRequest, _ response: any ResponseWriter) async

    /// Asked before a large body is read: the answer to a request that is refused whatever its body says, so that a
    /// stranger cannot make the gateway hold one. nil: read on, ``handle(_:_:)`` decides. Called on the event loop.
    func refusal(of fields: RequestFields, uri: String) -> WireError?
}

extension RequestHandler {
    package func refusal(of fields: RequestFields, uri: String) -> WireError? { nil }
}
