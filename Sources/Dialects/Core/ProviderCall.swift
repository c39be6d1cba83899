/// A request ready to be sent: everything but the headers, which are the same for every request to a provider.
package struct ProviderCall: Sendable {
    /// Absolute, without credentials.
    package var url: String
    /// JSON; the client's own bytes where nothing had to change.
    package var body: [UInt8]
    /// What the way back needs to know.
    package var plan: AnswerPlan

    package init(url: String, body: [UInt8], plan: AnswerPlan) {
        self.url = url
        self.body = body
        self.plan = plan
    }
}
