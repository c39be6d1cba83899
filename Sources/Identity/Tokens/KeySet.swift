import JWTKit

/// A public key (or shared secret) of an issuer, bound to the one algorithm it may be used with.
struct VerificationKey: Sendable {
    let keyID: String?
    let algorithm: SignatureAlgorithm
    let verifier: any JWTAlgorithm

    /// False also for signatures of impossible shape.
    func verifies(_ signature: [UInt8], signed: [UInt8]) -> Bool {
        (try? verifier.verify(signature, signs: signed)) ?? false
    }
}

/// An issuer's keys at some moment. How it is read: `KeySet+JSON.swift`.
struct KeySet: Sendable {
    let keys: [VerificationKey]

    /// The keys a token may have been signed with. A token with a `kid` gets only keys of that name:
    /// trying others would let an old or foreign key stand in. Without one the choice must be clear.
    func candidates(keyID: String?, algorithm: SignatureAlgorithm) -> [VerificationKey] {
        let matching = keys.filter { $0.algorithm == algorithm }
        guard let keyID else { return matching.count == 1 ? matching : [] }
        return matching.filter { $0.keyID == keyID }
    }
}
