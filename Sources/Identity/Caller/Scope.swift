/// What a credential may be used for. Scopes that this version does not know are kept, and grant
/// nothing.
package struct Scope: RawRepresentable, Sendable, Hashable {
    /// As written in configuration, in claims and in the database.
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Model calls and everything else under `/v1`. What a key gets unless it asks for something else.
    package static let inference = Scope(rawValue: "inference")
    /// Reading the tenant's usage, logs and limits.
    package static let usage = Scope(rawValue: "usage")
    /// Administration of the credential's own tenant.
    package static let admin = Scope(rawValue: "admin")

    /// Every scope a key can be given.
    package static let known: [Scope] = [.inference, .usage, .admin]
}
