import Dialects
import Identity
import Policy

/// Who asks for what, as far as limits tell callers apart.
struct LimitSubject: Hashable, Sendable {
    let tenant: String
    /// The credential: a key's id, or the user of a token.
    let credential: String
    let user: String?
    let model: String
    /// The request's `user` member; nil unless a limit of the tenant counts by it.
    let endUser: String?

    init(_ identity: Identity, model: String, endUser: String?) {
        tenant = identity.tenant
        credential = identity.keyID ?? "jwt/\(identity.user ?? "")"
        user = identity.user
        self.model = model
        self.endUser = endUser
    }

    /// A client's own name for someone, of any length, as storage takes it.
    static func shortened(_ name: String) -> String {
        name.utf8.count <= 64 ? name : "sha256/\(SHA256(Array(name.utf8)).hexadecimal)"
    }

    /// What a counter of this scope is named after; nil when the request has no such subject, so that the limit does
    /// not concern it.
    func name(in scope: LimitRule.Scope) -> String? {
        switch scope {
        case .global, .tenant: ""
        case .user: user
        case .key: credential
        // Escaped, so that where the credential ends is not the caller's to say.
        case .keyModel: "\(credential.replacing("%", with: "%25").replacing("/", with: "%2F"))/\(model)"
        case .tenantModel: model
        case .endUser: endUser
        }
    }
}
