import Testing

@testable import Identity

@Suite struct APIKeyHasherTests {
    private let hasher = APIKeyHasher(MasterKey())

    @Test func acceptsItsOwnKeyOnly() {
        let key = hasher.makeKey()
        let hash = hasher.hash(key)
        #expect(hash.count == 32)
        #expect(hasher.verify(key, hash: hash))
        #expect(!hasher.verify(hasher.makeKey(), hash: hash))
        #expect(!hasher.verify(key, hash: []))
        #expect(!hasher.verify(key, hash: Array(hash.dropLast())))
        #expect(!hasher.verify(key, hash: hash + [0]))
    }

    @Test func everyBitCounts() {
        let key = hasher.makeKey()
        let hash = hasher.hash(key)
        for byte in 0..<32 {
            for bit in 0..<8 {
                var changed = hash
                changed[byte] ^= 1 << bit
                #expect(!hasher.verify(key, hash: changed))
            }
        }
    }

    /// A hash copied to another key's row must not make that key's id usable with this secret.
    @Test func hashesBelongToTheirId() {
        let key = hasher.makeKey()
        let moved = APIKey(publicID: hasher.makeKey().publicID, secret: key.secret)
        #expect(!hasher.verify(moved, hash: hasher.hash(key)))
    }

    /// Presenting a stolen hash, in whatever form, is not presenting the secret.
    @Test func hashesDependOnTheMasterKey() {
        let key = hasher.makeKey()
        #expect(!APIKeyHasher(MasterKey()).verify(key, hash: hasher.hash(key)))
        #expect(!hasher.hash(key).elementsEqual(key.secret.utf8))
    }

    @Test func theHashIsStable() throws {
        // A change here makes every stored key useless.
        let masterKey = try MasterKey(base64: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
        let hasher = APIKeyHasher(masterKey)
        let key = APIKey(publicID: "aaaaaaaaaaaabbbb", secret: String(repeating: "c", count: 32))
        let hex = hasher.hash(key).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == "c5ab004c7ef4cc74afeecf76a369ee094a16adc5208d9f8ff7da55bce59aa07d")
    }
}
