import Testing

@testable import Identity

@Suite struct CompactTokenTests {
    private static func encode(_ text: String) -> String { TestSigner.encode(Array(text.utf8)) }

    @Test func takesATokenApart() throws {
        let signed = Self.encode(#"{"alg":"RS256","kid":"k1"}"#) + "." + Self.encode(#"{"iss":"me","n":1.5}"#)
        let token = try #require(CompactToken(Array((signed + "." + Self.encode("sig")).utf8)))
        #expect(token.algorithm == "RS256")
        #expect(token.keyID == "k1")
        #expect(token.claims == ["iss": .string("me"), "n": .number(1.5)])
        #expect(token.signed == Array(signed.utf8))
        #expect(token.signature == Array("sig".utf8))
        #expect(!token.hasCriticalExtensions)
        #expect(CompactToken.isClaimed(by: Array((signed + ".x").utf8)))
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b.c", "e.e.e",
        encode(#"{"alg":"RS256"}"#) + "." + encode("{}"),
        encode(#"{"alg":"RS256"}"#) + "." + encode("{}") + ".c2ln.c2ln",
        encode(#"{"alg":"RS256"}"#) + "." + encode("[]") + ".c2ln",
        encode(#"{"alg":"RS256"}"#) + "." + encode("nonsense") + ".c2ln",
        encode(#"{"kid":"x"}"#) + "." + encode("{}") + ".c2ln",
        encode(#"{"alg":1}"#) + "." + encode("{}") + ".c2ln",
        encode(#"{"alg":"RS256","kid":5}"#) + "." + encode("{}") + ".c2ln",
        encode(#"{"alg":"RS256"}"#) + "." + encode("{}") + ".c2ln=",
        encode(#"{"alg":"RS256"}"#) + "=." + encode("{}") + ".c2ln",
        encode(#"{"alg":"RS256"}"#) + "." + encode("{}") + ".c2lnX+",
        encode("\u{FEFF}{}") + "." + encode("{}") + ".c2ln",
    ])
    func refusesOtherForms(text: String) {
        #expect(CompactToken(Array(text.utf8)) == nil)
    }

    @Test func notesCriticalExtensions() {
        let text = Self.encode(#"{"alg":"RS256","crit":["exp"],"exp":1}"#) + "." + Self.encode("{}") + ".c2ln"
        #expect(CompactToken(Array(text.utf8))?.hasCriticalExtensions == true)
    }

    @Test(arguments: [33, 500, 4000])
    func deepNestingIsRefused(depth: Int) {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            let nested = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            let text = Self.encode(#"{"alg":"RS256"}"#) + "." + Self.encode(#"{"a":"# + nested + "}") + ".c2ln"
            #expect(CompactToken(Array(text.utf8)) == nil)
        }
    }

    @Test func bracketsInTextAreNotNesting() {
        let claims = #"{"a":"\"# + #""[[[["# + String(repeating: "[{", count: 100) + #""}"#
        #expect(ClaimValue.object(json: Array(claims.utf8)) != nil)
    }

    @Test func randomBytesNeverTrap() {
        var random = SplitMix64(seed: 29)
        let valid = Array(
            (Self.encode(#"{"alg":"RS256","kid":"k"}"#) + "." + Self.encode(#"{"iss":"x","a":[1,{}]}"#) + ".c2ln").utf8)
        for _ in 0..<20_000 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(UInt8(ascii: "."), at: index)
                default: bytes = Array(bytes[..<index])
                }
            }
            _ = CompactToken(bytes)
            _ = CompactToken.isClaimed(by: bytes)
        }
        for _ in 0..<5000 {
            let json = [UInt8].random(
                count: Int.random(in: 0...40, using: &random), from: "{}[]\",:\\1e-.atn ", using: &random)
            _ = ClaimValue.object(json: json)
        }
    }
}

@Suite struct ClaimValueTests {
    private func claims(_ json: String) throws -> [String: ClaimValue] {
        try #require(ClaimValue.object(json: Array(json.utf8)))
    }

    @Test func pathsAndNamesWithDots() throws {
        let claims = try claims(
            #"{"a":{"b":{"c":"deep"}},"a.b":"flat","x":null,"l":[{"m":1}],"https://t.test/id":"url"}"#)
        #expect(claims.claim("a.b") == .string("flat"))
        #expect(claims.claim("a.b.c") == .string("deep"))
        #expect(claims.claim("https://t.test/id") == .string("url"))
        #expect(claims.claim("x") == .null)
        for name in ["", ".", "a.", "a.c", "a.b.c.d", "l.m", "l.0", "x.y", "nothing"] {
            #expect(claims.claim(name) == nil, "\(name)")
        }
    }

    @Test func listsAndIdentifiers() throws {
        let claims = try claims(#"{"s":"a b","l":["a",1,"b"],"i":42,"f":1.5,"big":1e300,"t":true}"#)
        #expect(claims["s"]?.strings(separatedBySpaces: true) == ["a", "b"])
        #expect(claims["s"]?.strings(separatedBySpaces: false) == ["a b"])
        #expect(claims["l"]?.strings(separatedBySpaces: true) == ["a", "b"])
        #expect(claims["i"]?.strings(separatedBySpaces: true) == nil)
        #expect(claims["i"]?.identifier == "42")
        #expect(claims["f"]?.identifier == nil)
        #expect(claims["big"]?.identifier == nil)
        #expect(claims["t"] == .bool(true))
        #expect(claims["t"]?.identifier == nil)
    }
}
