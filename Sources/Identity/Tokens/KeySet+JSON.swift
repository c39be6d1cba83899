import JWTKit

/// Why a key set cannot be used; for the log.
struct KeySetError: Error, CustomStringConvertible {
    let description: String
}

extension KeySet {
    /// Reads a JSON Web Key Set (RFC 7517). Keys that cannot be used for this issuer are left out, as
    /// the standard demands; `skipped` says why. A set without any usable key is an error, so that a
    /// broken answer never replaces working keys.
    static func parse(
        _ json: [UInt8], algorithms: [SignatureAlgorithm], allowSharedSecrets: Bool
    ) async throws -> (set: KeySet, skipped: [String]) {
        guard json.count <= 1 << 20 else { throw KeySetError(description: "larger than 1 MiB") }
        guard let document = ClaimValue.object(json: json), case .array(let entries)? = document["keys"] else {
            throw KeySetError(description: "not a JSON object with a list \"keys\"")
        }
        guard entries.count <= 100 else { throw KeySetError(description: "more than 100 keys") }
        var keys: [VerificationKey] = []
        var skipped: [String] = []
        for (index, entry) in entries.enumerated() {
            do {
                guard case .object(let members) = entry else { throw KeySetError(description: "not an object") }
                let key = JSONWebKey(members: members, allowSharedSecrets: allowSharedSecrets)
                keys += try await key.verificationKeys(algorithms: algorithms)
            } catch {
                skipped.append("keys[\(index)]: \(error)")
            }
        }
        guard !keys.isEmpty else {
            throw KeySetError(description: "no usable key (\(skipped.joined(separator: "; ")))")
        }
        return (KeySet(keys: keys), skipped)
    }
}

/// One entry of a key set. Everything is checked here before jwt-kit sees it: jwt-kit stops the program
/// on an HMAC key shorter than the hash.
private struct JSONWebKey {
    let members: [String: ClaimValue]
    let allowSharedSecrets: Bool

    func verificationKeys(algorithms: [SignatureAlgorithm]) async throws -> [VerificationKey] {
        if let use = text("use"), use != "sig" {
            throw KeySetError(description: "meant for \"use\": \"\(use.prefix(16))\"")
        }
        if let operations = members["key_ops"]?.strings(separatedBySpaces: false), !operations.contains("verify") {
            throw KeySetError(description: "\"key_ops\" lacks \"verify\"")
        }
        let usable = algorithms.filter(fits)
        guard !usable.isEmpty else { throw KeySetError(description: "fits none of the issuer's algorithms") }
        var keys: [VerificationKey] = []
        for algorithm in usable {
            let collection = JWTKeyCollection()
            try await add(algorithm, to: collection)
            // The collection has this one key, so that its default key is this key and no other.
            keys.append(
                VerificationKey(keyID: text("kid"), algorithm: algorithm, verifier: try await collection.getKey()))
        }
        return keys
    }

    /// Whether the key's own `kty`, `crv` and `alg` allow an algorithm. Without `alg` every algorithm of
    /// the issuer that the kind of key can do is allowed; the token's header never decides.
    private func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        if let own = text("alg"), own != algorithm.rawValue { return false }
        return switch algorithm.family {
        case .hmac: text("kty") == "oct"
        case .rsa: text("kty") == "RSA"
        case .ellipticCurve(let curve): text("kty") == "EC" && text("crv") == curve
        case .ed25519: text("kty") == "OKP" && text("crv") == "Ed25519"
        }
    }

    private func add(_ algorithm: SignatureAlgorithm, to keys: JWTKeyCollection) async throws {
        switch algorithm {
        case .hs256: await keys.add(hmac: try secret(algorithm), digestAlgorithm: .sha256)
        case .hs384: await keys.add(hmac: try secret(algorithm), digestAlgorithm: .sha384)
        case .hs512: await keys.add(hmac: try secret(algorithm), digestAlgorithm: .sha512)
        case .rs256: await keys.add(rsa: try rsa(), digestAlgorithm: .sha256)
        case .rs384: await keys.add(rsa: try rsa(), digestAlgorithm: .sha384)
        case .rs512: await keys.add(rsa: try rsa(), digestAlgorithm: .sha512)
        case .ps256: await keys.add(pss: try rsa(), digestAlgorithm: .sha256)
        case .ps384: await keys.add(pss: try rsa(), digestAlgorithm: .sha384)
        case .ps512: await keys.add(pss: try rsa(), digestAlgorithm: .sha512)
        case .es256: await keys.add(ecdsa: try ES256PublicKey(parameters: point(bytes: 32)))
        case .es384: await keys.add(ecdsa: try ES384PublicKey(parameters: point(bytes: 48)))
        case .es512: await keys.add(ecdsa: try ES512PublicKey(parameters: point(bytes: 66)))
        case .edDSA:
            await keys.add(eddsa: try EdDSA.PublicKey(x: try binary("x", bytes: 32...32), curve: .ed25519))
        }
    }

    private func secret(_ algorithm: SignatureAlgorithm) throws -> HMACKey {
        guard allowSharedSecrets else { throw KeySetError(description: "a shared secret must come from a file") }
        guard let bytes = Base64URL.decode(Array((text("k") ?? "").utf8)), bytes.count >= algorithm.hashBytes else {
            throw KeySetError(
                description: "\(algorithm.rawValue) needs a secret of \(algorithm.hashBytes) bytes or more")
        }
        return HMACKey(from: bytes)
    }

    /// 2048 to 8192 bits: smaller ones are broken or nearly so, larger ones only cost time.
    private func rsa() throws -> Insecure.RSA.PublicKey {
        try Insecure.RSA.PublicKey(
            modulus: try binary("n", bytes: 256...1025), exponent: try binary("e", bytes: 1...8))
    }

    private func point(bytes: Int) throws -> ECDSAParameters {
        (x: try binary("x", bytes: bytes...bytes), y: try binary("y", bytes: bytes...bytes))
    }

    /// A member's base 64 text, once its length in bytes is checked.
    private func binary(_ name: String, bytes: ClosedRange<Int>) throws -> String {
        guard let value = text(name), let decoded = Base64URL.decode(Array(value.utf8)), bytes.contains(decoded.count)
        else {
            throw KeySetError(description: "\"\(name)\" is not base64url of \(bytes) bytes")
        }
        return value
    }

    private func text(_ name: String) -> String? {
        members[name]?.stringValue
    }
}
