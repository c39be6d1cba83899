/// What can go wrong with the server itself.
package enum FakeProviderError: Error, Sendable, Hashable {
    case alreadyStarted
    case notStarted
    /// No request matched in time.
    case timedOut
    /// The system gave no port.
    case noPort
}
