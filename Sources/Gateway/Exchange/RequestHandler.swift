/// Answers requests: the data plane's pipeline, the control plane's router, a test.
package protocol RequestHandler: Sendable {
    /// Runs in a task pinned to the connection's event loop; cancelled when the client leaves. Every path
    /// must end the response; the listener answers 500 for one that does not.
    func handle(_ request: InboundRequest, _ response: any ResponseWriter) async
}
