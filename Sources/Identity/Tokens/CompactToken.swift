/// A JSON Web Token in compact form (RFC 7515, 7.1) taken apart, with nothing verified yet.
struct CompactToken: Sendable {
    let algorithm: String
    let keyID: String?
    let claims: [String: ClaimValue]
    /// The bytes that the signature covers.
    let signed: [UInt8]
    let signature: [UInt8]
    /// Whether the header names members that must be understood (`crit`); none are.
    let hasCriticalExtensions: Bool

    init?(_ token: [UInt8]) {
        let parts = token.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3,
            let header = Base64URL.decode(parts[0]).flatMap(ClaimValue.object(json:)),
            let claims = Base64URL.decode(parts[1]).flatMap(ClaimValue.object(json:)),
            let signature = Base64URL.decode(parts[2]),
            let algorithm = header["alg"]?.stringValue
        else { return nil }
        switch header["kid"] {
        case nil: keyID = nil
        case .string(let text)?: keyID = text
        default: return nil
        }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        signed = Array(token[..<parts[1].endIndex])
        hasCriticalExtensions = header["crit"] != nil
    }

    /// Whether a credential has the outward form of a token: three parts, the first of which starts as the
    /// base 64 of `{` does.
    static func isClaimed(by token: [UInt8]) -> Bool {
        token.first == UInt8(ascii: "e") && token.reduce(0) { $0 + ($1 == UInt8(ascii: ".") ? 1 : 0) } == 2
    }
}
