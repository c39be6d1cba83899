/// Who is calling: the outcome of authentication, immutable for as long as it is cached.
///
/// A class, so that handing it through the pipeline costs one reference count however much it holds.
package final class Identity: Sendable {
    /// What was presented; the raw value is a metric label.
    package enum Kind: String, Sendable, Hashable {
        case apiKey = "api_key"
        case jwt
    }

    /// How the caller proved itself.
    package let kind: Kind
    /// Whose limits, data and bill this is. Has ``TenantID``'s form.
    package let tenant: String
    /// Public id of the API key; stays the same when the key is rotated. nil for tokens.
    package let keyID: String?
    /// The person or service behind the credential: the key's `user`, or the token's user claim.
    package let user: String?
    /// What the credential may be used for; check with ``allows(_:)``.
    package let scopes: Set<Scope>
    /// Rights in the control plane. Keys with the scope `admin` administrate their tenant.
    package let roles: Set<Role>
    /// The key's own restriction; the plan's comes on top.
    package let models: ModelAllowList

    package init(
        kind: Kind, tenant: String, keyID: String? = nil, user: String? = nil, scopes: Set<Scope> = [.inference],
        roles: Set<Role> = [], models: ModelAllowList = .all
    ) {
        self.kind = kind
        self.tenant = tenant
        self.keyID = keyID
        self.user = user
        self.scopes = scopes
        self.roles = roles
        self.models = models
    }

    /// Whether the credential has this very scope; no scope includes another.
    package func allows(_ scope: Scope) -> Bool {
        scopes.contains(scope)
    }
}
