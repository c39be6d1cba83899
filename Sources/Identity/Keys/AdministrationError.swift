package import Storage

/// Why a change to tenants or keys was refused.
package enum AdministrationError: Error, Sendable, Hashable {
    /// No such row, or one of another tenant: the two are not told apart.
    case notFound
    /// The tenant id is or was in use.
    case taken(id: String)
    /// A member of the request cannot be used; its name as in the admin interface.
    case invalid(field: String, reason: String)
    /// The key is revoked, which is final.
    case revoked
    case storage(StorageError)

    /// A word from a closed set, safe as a metric label.
    package var label: String {
        switch self {
        case .notFound: "not_found"
        case .taken: "taken"
        case .invalid: "invalid"
        case .revoked: "revoked"
        case .storage(let error): error.label
        }
    }
}

extension AdministrationError: CustomStringConvertible {
    /// For the person who made the request.
    package var description: String {
        switch self {
        case .notFound: "not found"
        case .taken(let id): "the id \"\(id)\" is already in use or was used by a removed tenant"
        case .invalid(let field, let reason): "\(field): \(reason)"
        case .revoked: "the key is revoked; create a new one"
        case .storage(let error): error.description
        }
    }
}
