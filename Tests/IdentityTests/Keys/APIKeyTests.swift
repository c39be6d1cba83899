import Testing

@testable import Identity

@Suite struct APIKeyTests {
    private let hasher = APIKeyHasher(MasterKey())

    @Test func hasTheDocumentedForm() throws {
        let key = hasher.makeKey()
        let parts = key.text.split(separator: "-")
        #expect(parts.count == 3)
        #expect(parts[0] == "mk")
        #expect(parts[1] == key.publicID[...])
        #expect(key.publicID.utf8.count == 16)
        #expect(parts[2].utf8.count == 32)
        #expect(key.text.utf8.count == APIKey.length)
        // One block of SHA-256 holds 55 bytes.
        #expect(APIKey.length <= 55)
        #expect(APIKey(key.text.utf8) == key)
    }

    @Test func keysNeverRepeat() {
        let keys = (0..<500).map { _ in hasher.makeKey() }
        #expect(Set(keys.map(\.publicID)).count == 500)
        #expect(Set(keys.map(\.secret)).count == 500)
    }

    @Test func otherSpellingsAreNoKeys() {
        let text = hasher.makeKey().text
        let variants = [
            "", "mk-", "mk--", text.uppercased(), text + " ", " " + text, text + "a", String(text.dropLast()),
            text.replacingOccurrences("-", "_"), "sk-" + text.dropFirst(3), text.replacingCharacter(at: 5, with: "1"),
            text.replacingCharacter(at: 19, with: "a"), text.replacingCharacter(at: 30, with: "é"),
            text.replacingCharacter(at: 51, with: "\0"),
        ]
        for variant in variants { #expect(APIKey(variant.utf8) == nil, "\(variant)") }
    }

    /// Whatever parses writes itself back exactly; nothing traps.
    @Test func randomTextNeverTraps() {
        var random = SplitMix64(seed: 17)
        let text = Array(hasher.makeKey().text.utf8)
        var parsed = 0
        for _ in 0..<20_000 {
            var bytes = text
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(UInt8.random(in: 0x61...0x7A, using: &random), at: index)
                }
            }
            if let key = APIKey(bytes) {
                parsed += 1
                #expect(Array(key.text.utf8) == bytes)
            }
        }
        #expect(parsed > 1000)
    }

    @Test func onlyGenuineIdsPass() {
        let key = hasher.makeKey()
        #expect(hasher.isGenuine(publicID: key.publicID))
        #expect(!APIKeyHasher(MasterKey()).isGenuine(publicID: key.publicID))
        var random = SplitMix64(seed: 23)
        let made = (0..<5000).filter { _ in
            let id = [UInt8].random(count: 16, from: "abcdefghijklmnopqrstuvwxyz234567", using: &random)
            return hasher.isGenuine(publicID: String(decoding: id, as: UTF8.self))
        }
        #expect(made.count <= 1)
        #expect(!hasher.isGenuine(publicID: ""))
        #expect(!hasher.isGenuine(publicID: "abc"))
    }
}

extension String {
    func replacingOccurrences(_ old: Character, _ new: Character) -> String {
        String(map { $0 == old ? new : $0 })
    }

    func replacingCharacter(at offset: Int, with new: Character) -> String {
        var characters = Array(self)
        characters[offset] = new
        return String(characters)
    }
}
