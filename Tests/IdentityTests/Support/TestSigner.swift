import Crypto
import Foundation
import JWTKit

/// Makes keys and signs tokens as an issuer would, with full control over header and claims.
struct TestSigner: Sendable {
    let algorithm: String
    let keyID: String?
    let signer: any JWTAlgorithm
    /// The members of its JSON Web Key without `kid` and `alg`.
    let keyMembers: [String: String]

    /// The entry of a key set, with `changes` on top; nil takes a member away.
    func jsonWebKey(_ changes: [String: String?] = [:]) -> String {
        var members = keyMembers
        members["kid"] = keyID
        members["alg"] = algorithm
        for (name, value) in changes { members[name] = value }
        let text = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        return "{\(text)}"
    }

    /// A signed token with these JSON claims. `header` replaces the whole header.
    func token(_ claims: String, header: String? = nil) throws -> String {
        let keyMember = keyID.map { ",\"kid\":\"\($0)\"" } ?? ""
        let header = header ?? "{\"alg\":\"\(algorithm)\",\"typ\":\"JWT\"\(keyMember)}"
        let signed = Self.encode(Array(header.utf8)) + "." + Self.encode(Array(claims.utf8))
        return signed + "." + Self.encode(try signer.sign(Array(signed.utf8)))
    }

    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    static func keySet(_ signers: TestSigner...) -> String {
        keySet(keys: signers.map { $0.jsonWebKey() })
    }

    static func keySet(keys: [String]) -> String {
        "{\"keys\":[\(keys.joined(separator: ","))]}"
    }
}

extension TestSigner {
    static func es256(_ keyID: String? = "ec") async throws -> TestSigner {
        let key = P256.Signing.PrivateKey()
        let point = key.publicKey.rawRepresentation
        let keys = await JWTKeyCollection().add(ecdsa: try ES256PrivateKey(backing: key))
        return TestSigner(
            algorithm: "ES256", keyID: keyID, signer: try await keys.getKey(),
            keyMembers: ["kty": "EC", "crv": "P-256", "x": encode(point.prefix(32)), "y": encode(point.suffix(32))])
    }

    static func es384(_ keyID: String? = "ec384") async throws -> TestSigner {
        let key = P384.Signing.PrivateKey()
        let point = key.publicKey.rawRepresentation
        let keys = await JWTKeyCollection().add(ecdsa: try ES384PrivateKey(backing: key))
        return TestSigner(
            algorithm: "ES384", keyID: keyID, signer: try await keys.getKey(),
            keyMembers: ["kty": "EC", "crv": "P-384", "x": encode(point.prefix(48)), "y": encode(point.suffix(48))])
    }

    static func edDSA(_ keyID: String? = "ed") async throws -> TestSigner {
        let key = Curve25519.Signing.PrivateKey()
        let keys = await JWTKeyCollection().add(eddsa: EdDSA.PrivateKey(backing: key))
        return TestSigner(
            algorithm: "EdDSA", keyID: keyID, signer: try await keys.getKey(),
            keyMembers: ["kty": "OKP", "crv": "Ed25519", "x": encode(key.publicKey.rawRepresentation)])
    }

    static func hs256(_ keyID: String? = "hs", secret: [UInt8] = Array(repeating: 7, count: 32)) async throws
        -> TestSigner
    {
        let keys = await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        return TestSigner(
            algorithm: "HS256", keyID: keyID, signer: try await keys.getKey(),
            keyMembers: ["kty": "oct", "k": encode(secret)])
    }

    static func rs256(_ keyID: String? = "rsa", pss: Bool = false) async throws -> TestSigner {
        let key = try Insecure.RSA.PrivateKey(pem: rsaKey)
        let numbers = try key.publicKey.getKeyPrimitives()
        let keys = JWTKeyCollection()
        if pss {
            await keys.add(pss: key, digestAlgorithm: .sha256)
        } else {
            await keys.add(rsa: key, digestAlgorithm: .sha256)
        }
        return TestSigner(
            algorithm: pss ? "PS256" : "RS256", keyID: keyID, signer: try await keys.getKey(),
            keyMembers: ["kty": "RSA", "n": encode(numbers.modulus), "e": encode(numbers.publicExponent)])
    }

    /// Made for these tests and used nowhere else: jwt-kit cannot make RSA keys.
    private static let rsaKey = """
        -----BEGIN PRIVATE KEY-----
        MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQDV2sSAGcG+k4bm
        mPqlkWiny35Pyoe/C0XssSgV+BXgzgkAnvEqKZbflyuscXoj4NTTqBsiWqG3qk2u
        ea36iHfi39oj5xgQ/Cr+SVe9KoJGjlTP46Ey9IMZER0VEwtVN21a/JeAshu7l5uu
        aXO+/qnMZbrKRVvQtV22x7dZd3mfVofJey+NEK59vPZ7egOLNHtU8rm8aPXiDiBx
        Qww1rTKqZpJiGMYD6gHtFOsdFbeih1K46NP4Hol4OJ1gAhWy+eLQa3fPrrGw1Tj8
        ktwUOn9H0cqMfizvcgPU+kYjrYnZZ/NihFi/0NQTyX66RfudJAmVQXgGvLYxeass
        LFeuDSdtAgMBAAECggEAEfcOUdqYEYvwJbgNOlJ0UcBBDK/tZmmqhp89SFcuc1Or
        ou83QDz9LSxUYWipA5GUH3G8Uc7+TeETJIiZSnYjaB45A5IazfZ5ICKGKeCD0CyN
        yGcNeCvdRYJQCKCwb4i3+ZBFo+yScthiHi1CqXVYS1Dyd6KK+4X46O1vJCdqwq1J
        ZTi0fBEB9UARMfi1Pf2WZA1XT4cQit/q9TICb7blAECgUeEDKLjAJ+Huc4jmB4CV
        dZicPJE+ORcEBuUYGVQgu1lPmP+xNlNtP3NhDwIeSOWyGj22Mp3CyyB2VA0LLWwo
        KWsEBfnX01OGE/UDrghUwGNY1IFXqfXm/OEtAJT6ewKBgQDywELx/iOnRUpK5L2m
        MKkF7XAwLhByj1iveg9s1fN+OAezaZIiTuTmr9sBwo+xuEbOkDBkYBJ8yfwor3ED
        5jqzFDtwq8RjKYrnd9ALbhD52XiKpKY+pD6klY7Byb06ckz34hGuj/KIjnWS1iXW
        Mt5dOQ5hyxkk/rcrxiblPgz2SwKBgQDhhsMfjcl6hqJ/Oh1IJBRDmPNljHflgims
        VuvYZPzW31XA+o5zFOG59QhUACL0QAOaudcoACLMGfCcT5xYhz5buWVLgKrNeEPC
        Nup0eFo9DgDyuGZiG36ig4F9ZiyEBJTx/T4rkhqFN9glS4L/Hv1mlApMD/fojkRB
        YQnM172mJwKBgQDR2CvG32dYuMhBN71NxbDHQ/sAW0GyloIWpxBgiA8GJE9b474E
        1GiBlrFesx7ehasH85Mxoe85Wq4VSZwLv+EsXygG/SU2h3nhICyDRPF92mWejDh9
        3COeyP5wPQHMXXR1sEKSwTLqoyO1/FMW+EBLHAB3v0cMOPiE6bVD5ED2QwKBgQCm
        zHwOH1jPlToj7QBxNbYDFOGXzp9ykKVvwE3omzBhX4bWFro6pUwZs/+32O4BRkMk
        MaTPAeK6n8jUYxEYbNaTEni3se8hznwW7XTUNZtQIsZSvk2C7CDp42dnLqVn8teS
        bqGHqiSROO9VDhdRx0LVllJTVVAeoPIchL+x0DKE6wKBgQDRfJ8dNE0b0znDwtz9
        UMDvnssD+qGaPHNkB+PL8YVPFhO3o9RhHN7MrPFawRulTyxxUl+SbBNeZUpG9W6m
        hmMIgvPzmStTB8+kNEkxS25rdjHXX8DhuOTyHEezY7Mwdmz9dncBSxqT8xZpzyCF
        L5Dhr8S9S36poKVO5JeXm3dLIQ==
        -----END PRIVATE KEY-----
        """
}
