import Foundation
import Testing

@testable import Identity

@Suite struct EncodingTests {
    @Test(arguments: [
        ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("foobar", "mzxw6ytboi"),
    ])
    func base32FollowsTheStandard(text: String, encoded: String) {
        let full = text.utf8.count * 8 / 5
        #expect(Base32.encode(Array(text.utf8), count: full) == encoded.prefix(full))
    }

    @Test func base32StopsWhereAsked() {
        let bytes = [UInt8](repeating: 0xFF, count: 200)
        for count in [0, 1, 2, 7, 8, 16, 320] {
            #expect(Base32.encode(bytes, count: count) == String(repeating: "7", count: count))
        }
        #expect(Base32.encode([], count: 4) == "")
    }

    @Test func randomTextIsLongAndDifferent() {
        var seen: Set<String> = []
        for _ in 0..<200 {
            let text = Base32.random(count: 32)
            #expect(text.utf8.count == 32 && Base32.isValid(text.utf8))
            seen.insert(text)
        }
        #expect(seen.count == 200)
    }

    @Test func base64URLAgreesWithFoundation() {
        var random = SplitMix64(seed: 7)
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let text = Data(bytes).base64EncodedString()
                .replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
                .replacingOccurrences(of: "=", with: "")
            #expect(Base64URL.decode(Array(text.utf8)) == bytes)
        }
    }

    /// One text for one value: no padding, no other alphabet, no stray bits.
    @Test(arguments: ["A", "AAAAA", "QQ==", "QR", "QUF", "a+b_", "a/b_", "a b_", "ab\n", "ä"])
    func base64URLIsStrict(text: String) {
        #expect(Base64URL.decode(Array(text.utf8)) == nil)
    }
}
