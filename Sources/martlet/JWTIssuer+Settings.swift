import Identity
import Policy

extension JWTIssuer {
    /// The issuer that the settings describe.
    init(_ settings: JWTIssuerSettings) {
        let keys: KeySource =
            switch settings.keys {
            case .url(let url): .url(url, allowPrivateNetwork: settings.allowPrivateNetwork)
            case .file(let path): .file(path)
            }
        self.init(
            issuer: settings.issuer, keys: keys, audiences: settings.audiences,
            algorithms: settings.algorithms.compactMap { SignatureAlgorithm(rawValue: $0.rawValue) },
            tenantClaim: settings.tenantClaim, userClaim: settings.userClaim, rolesClaim: settings.rolesClaim,
            scopesClaim: settings.scopesClaim)
    }
}
