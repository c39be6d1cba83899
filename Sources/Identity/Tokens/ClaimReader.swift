import Storage

/// Judges the claims of a token whose signature is good.
struct ClaimReader {
    let issuer: JWTIssuer
    let claims: [String: ClaimValue]
    let leewaySeconds: Int

    /// Checks `exp` (required) and `nbf`; returns until when the token counts, leeway included.
    func checkTimes(now: Timestamp) throws(AuthenticationFailure) -> Timestamp {
        let leeway = Timestamp(seconds: leewaySeconds).milliseconds
        guard let expiry = try time("exp") else { throw AuthenticationFailure(.missingClaim("exp")) }
        let end = expiry.adding(milliseconds: leeway)
        guard now < end else { throw AuthenticationFailure(.expired(at: expiry)) }
        if let start = try time("nbf"), now.adding(milliseconds: leeway) < start {
            throw AuthenticationFailure(.notYetValid(from: start))
        }
        return end
    }

    func checkAudience() throws(AuthenticationFailure) {
        guard !issuer.audiences.isEmpty else { return }
        guard let claim = claims["aud"] else { throw AuthenticationFailure(.missingClaim("aud")) }
        let named = claim.strings(separatedBySpaces: false) ?? []
        guard named.contains(where: issuer.audiences.contains) else { throw AuthenticationFailure(.wrongAudience) }
    }

    func identity() throws(AuthenticationFailure) -> Identity {
        guard let tenant = claims.claim(issuer.tenantClaim) else {
            throw AuthenticationFailure(.missingClaim(issuer.tenantClaim))
        }
        guard let tenantID = tenant.identifier, TenantID.isValid(tenantID) else {
            throw AuthenticationFailure(.invalidClaim(issuer.tenantClaim))
        }
        return Identity(
            kind: .jwt, tenant: tenantID, user: try user(), scopes: try scopes(), roles: try roles())
    }

    /// A token without a user is a service's: its limits per user do not apply.
    private func user() throws(AuthenticationFailure) -> String? {
        guard let claim = claims.claim(issuer.userClaim), claim != .null else { return nil }
        guard let user = claim.identifier, (1...256).contains(user.utf8.count), FieldRules.isPrintable(user) else {
            throw AuthenticationFailure(.invalidClaim(issuer.userClaim))
        }
        return user
    }

    private func scopes() throws(AuthenticationFailure) -> Set<Scope> {
        guard let name = issuer.scopesClaim else { return [.inference] }
        return Set(try list(name).map(Scope.init(rawValue:)))
    }

    private func roles() throws(AuthenticationFailure) -> Set<Role> {
        guard let name = issuer.rolesClaim else { return [] }
        return Set(try list(name).compactMap(Role.init(rawValue:)))
    }

    /// An absent claim grants nothing; one of the wrong shape is an error rather than a guess. At most
    /// 100 elements count.
    private func list(_ name: String) throws(AuthenticationFailure) -> [String] {
        guard let claim = claims.claim(name), claim != .null else { return [] }
        guard let values = claim.strings(separatedBySpaces: true) else {
            throw AuthenticationFailure(.invalidClaim(name))
        }
        return Array(values.prefix(100))
    }

    /// A NumericDate (RFC 7519, 2): seconds, perhaps with a fraction.
    private func time(_ name: String) throws(AuthenticationFailure) -> Timestamp? {
        guard let claim = claims[name] else { return nil }
        guard case .number(let seconds) = claim, let whole = Int(exactly: seconds.rounded(.down)) else {
            throw AuthenticationFailure(.invalidClaim(name))
        }
        return Timestamp(seconds: whole)
    }
}
