/// The signature algorithms of RFC 7518 and RFC 8037 that tokens may use. `none` is not one of them.
package enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    /// The kind of key that can make such signatures.
    enum Family: Hashable {
        case hmac
        case rsa
        /// The curve's name in a JSON Web Key.
        case ellipticCurve(String)
        case ed25519
    }

    var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        case .es256: .ellipticCurve("P-256")
        case .es384: .ellipticCurve("P-384")
        case .es512: .ellipticCurve("P-521")
        case .edDSA: .ed25519
        }
    }

    /// Bytes of the hash; a shared secret must have at least as many (RFC 7518, 3.2).
    var hashBytes: Int {
        switch self {
        case .hs256, .rs256, .ps256, .es256: 32
        case .hs384, .rs384, .ps384, .es384: 48
        case .hs512, .rs512, .ps512, .es512, .edDSA: 64
        }
    }
}
