package import Storage

/// Why a credential was not accepted.
///
/// ``isInfrastructure`` tells the two kinds apart: those are answered with 503 and
/// ``retryAfterSeconds``, all others with 401.
package struct AuthenticationFailure: Error, Sendable, Hashable {
    /// What was found, with what the operator may see of it.
    package enum Reason: Sendable, Hashable {
        /// No credential in the request.
        case missing
        /// Neither an API key nor a token by its shape.
        case malformed
        /// No such key, or a wrong secret; the two are not told apart.
        case unknownKey
        case expired(at: Timestamp)
        case revoked
        case tenantRemoved
        case notYetValid(from: Timestamp)
        case unknownIssuer
        case wrongAudience
        /// The token's `alg` is not one its issuer may use; `none` always is such a one.
        case unsupportedAlgorithm
        /// The issuer has no key with the token's `kid`.
        case unknownSigningKey
        case badSignature
        /// A claim that configuration requires; its configured name.
        case missingClaim(String)
        case invalidClaim(String)
        /// The database, or an issuer's key set, cannot be reached. Says nothing about the credential.
        case unavailable
        /// More credentials wait to be looked up than the gateway is willing to queue.
        case overloaded
    }

    /// Decides message, label and status.
    package var reason: Reason
    /// ``TokenMask``'s form of the credential, for API keys.
    package var maskedToken: String?

    package init(_ reason: Reason, maskedToken: String? = nil) {
        self.reason = reason
        self.maskedToken = maskedToken
    }

    /// Whether this is the gateway's trouble rather than the credential's.
    package var isInfrastructure: Bool {
        reason == .unavailable || reason == .overloaded
    }

    /// Seconds for `Retry-After`, for infrastructure failures.
    package var retryAfterSeconds: Int? {
        isInfrastructure ? 1 : nil
    }

    /// A word from a closed set, safe as a metric label.
    package var label: String {
        switch reason {
        case .missing: "missing"
        case .malformed: "malformed"
        case .unknownKey: "unknown_key"
        case .expired: "expired"
        case .revoked: "revoked"
        case .tenantRemoved: "tenant_removed"
        case .notYetValid: "not_yet_valid"
        case .unknownIssuer: "unknown_issuer"
        case .wrongAudience: "wrong_audience"
        case .unsupportedAlgorithm: "unsupported_algorithm"
        case .unknownSigningKey: "unknown_signing_key"
        case .badSignature: "bad_signature"
        case .missingClaim: "missing_claim"
        case .invalidClaim: "invalid_claim"
        case .unavailable: "unavailable"
        case .overloaded: "overloaded"
        }
    }

    /// For the client. Never contains more of the credential than its mask, nor anything the credential's
    /// sender chose.
    package var message: String {
        switch reason {
        case .missing:
            "You did not provide an API key. Send it as \"Authorization: Bearer YOUR_KEY\"."
        case .malformed: "The credential is neither an API key of this gateway nor a token\(suffix)."
        case .unknownKey: "Incorrect API key provided\(suffix)."
        case .expired(let time): "The credential expired at \(time)\(suffix)."
        case .revoked: "The API key has been revoked\(suffix)."
        case .tenantRemoved: "The credential's tenant has been removed."
        case .notYetValid(let time): "The token is not valid before \(time)."
        case .unknownIssuer: "The token's issuer is not accepted here."
        case .wrongAudience: "The token is meant for another audience."
        case .unsupportedAlgorithm: "The token's signature algorithm is not accepted for its issuer."
        case .unknownSigningKey: "The token was signed with a key its issuer does not publish."
        case .badSignature: "The token's signature is not valid."
        case .missingClaim(let name): "The token lacks the claim \"\(name)\"."
        case .invalidClaim(let name): "The token's claim \"\(name)\" has an unusable value."
        case .unavailable: "The credential cannot be checked at the moment. Please try again."
        case .overloaded: "Too many credentials are being checked at the moment. Please try again."
        }
    }

    private var suffix: String {
        maskedToken.map { ": \($0)" } ?? ""
    }
}
