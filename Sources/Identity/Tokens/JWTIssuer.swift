/// An issuer whose tokens are accepted, and how its claims are read.
///
/// Claim names may be paths with dots (`realm_access.roles`); a claim whose name itself contains the
/// dots (`https://example.com/tenant`) is found first.
package struct JWTIssuer: Sendable, Hashable {
    /// Where the issuer's public keys come from.
    package enum KeySource: Sendable, Hashable {
        /// A JSON Web Key Set behind a URL, fetched and kept fresh.
        case url(String, allowPrivateNetwork: Bool)
        /// A JSON Web Key Set in a file, read again when it changes. The only place for shared secrets.
        case file(String)
    }

    /// The exact `iss` of its tokens.
    package var issuer: String
    /// Where its keys are.
    package var keys: KeySource
    /// Tokens must name one of these in `aud`. Empty: `aud` is not looked at.
    package var audiences: [String]
    /// What its tokens may be signed with, whatever their header says.
    package var algorithms: [SignatureAlgorithm]
    /// Must be in every token; its value must have ``TenantID``'s form.
    package var tenantClaim: String
    /// May be absent from a token.
    package var userClaim: String
    /// nil: no roles.
    package var rolesClaim: String?
    /// nil: the scope `inference`. Otherwise exactly what the claim says.
    package var scopesClaim: String?

    package init(
        issuer: String, keys: KeySource, audiences: [String] = [],
        algorithms: [SignatureAlgorithm] = [.rs256, .es256, .edDSA], tenantClaim: String = "tenant",
        userClaim: String = "sub", rolesClaim: String? = nil, scopesClaim: String? = nil
    ) {
        self.issuer = issuer
        self.keys = keys
        self.audiences = audiences
        self.algorithms = algorithms
        self.tenantClaim = tenantClaim
        self.userClaim = userClaim
        self.rolesClaim = rolesClaim
        self.scopesClaim = scopesClaim
    }

    /// What is wrong with a list of issuers, each with the index it is about; empty when it can be used.
    package static func problems(_ issuers: [JWTIssuer]) -> [(index: Int, message: String)] {
        var problems: [(index: Int, message: String)] = []
        var seen: Set<String> = []
        for (index, issuer) in issuers.enumerated() {
            if !seen.insert(issuer.issuer).inserted {
                problems.append((index, "the issuer \"\(issuer.issuer)\" is configured twice"))
            }
            problems += issuer.problems.map { (index, $0) }
        }
        return problems
    }

    private var problems: [String] {
        var problems: [String] = []
        if issuer.isEmpty { problems.append("issuer must not be empty") }
        if algorithms.isEmpty { problems.append("algorithms must name at least one") }
        if tenantClaim.isEmpty { problems.append("tenant_claim must not be empty") }
        if userClaim.isEmpty { problems.append("user_claim must not be empty") }
        guard case .url(let url, let allowPrivateNetwork) = keys else { return problems }
        if algorithms.contains(where: { $0.family == .hmac }) {
            problems.append(
                "HS256, HS384 and HS512 use a shared secret, which must come from jwks_file, not from a URL")
        }
        if !url.hasPrefix("https://"), !(allowPrivateNetwork && url.hasPrefix("http://")) {
            problems.append("jwks_url must start with https:// (http:// only with allow_private_network)")
        }
        return problems
    }
}
