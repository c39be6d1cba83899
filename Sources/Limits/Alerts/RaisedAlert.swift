/// An alert on its way from the watch to the center, with what is needed to deliver it.
package struct RaisedAlert: Sendable {
    package let alert: LimitAlert
    /// nil: nobody is called.
    package let webhook: String?
    package let allowPrivateNetwork: Bool
    /// Names of the thresholds that count as reported with it, its own first, the same on every replica.
    package let keys: [String]
    /// How long the names have to be remembered, milliseconds.
    package let lifetime: Int
}
