package import Storage

/// What a new key is made from.
package struct KeyDraft: Sendable {
    /// Must exist.
    package var tenant: String
    /// For people; need not be unique.
    package var name: String
    /// The person or service it is for.
    package var user: String?
    /// Names and `*` patterns; empty restricts nothing beyond the plan.
    package var models: [String]
    /// At least one of ``Scope/known``.
    package var scopes: [Scope]
    /// nil: never.
    package var expiresAt: Timestamp?

    package init(
        tenant: String, name: String, user: String? = nil, models: [String] = [], scopes: [Scope] = [.inference],
        expiresAt: Timestamp? = nil
    ) {
        self.tenant = tenant
        self.name = name
        self.user = user
        self.models = models
        self.scopes = scopes
        self.expiresAt = expiresAt
    }
}

/// A change to a key; members that are nil stay as they are.
package struct KeyEdit: Sendable {
    /// For people; need not be unique.
    package var name: String?
    /// `.some(nil)` takes the user away.
    package var user: String??
    /// Replaces the list; an empty one lifts the restriction.
    package var models: [String]?
    /// Replaces the list, which must not become empty.
    package var scopes: [Scope]?
    /// `.some(nil)` takes the expiry away.
    package var expiresAt: Timestamp??

    package init() {}
}

/// A key in the moment of its creation or rotation: the only time its text exists.
package struct IssuedKey: Sendable {
    /// What is stored; shows the key without its secret.
    package let record: APIKeyRecord
    /// The key itself; never stored.
    package let key: APIKey

    /// To be shown once.
    package var text: String { key.text }
}
