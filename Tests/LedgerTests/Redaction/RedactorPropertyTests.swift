import Ledger
import Testing
import WireJSON

/// What holds for any input.
@Suite(.timeLimit(.minutes(2))) struct RedactorPropertyTests {
    /// Pieces that the matchers look at, whole and broken, and what may stand around them.
    private static let pieces = [
        "sk-", "sk-proj-", "aB3dE6gH9jK2mN5pQ8sT1vW4", "mk-abcdefghijklmnop-", "AIza", "gsk_", "ghp_", "xoxb-", "AKIA",
        "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "eyJ", "eyJhbGciOiJIUzI1NiJ9",
        "Bearer ", "abcdef0123456789", "-----BEGIN ", "-----BEGIN A-----", "-----END A-----", "-----",
        "MIIEvQIBADANBgkqhk",
        "ana", "@", "x.com", ".com", "é", "ã", "日", "🐦", "+", "+55", "+1", "55", "11", "(11)", "(", ")", "98765",
        "4321",
        "3456-7890", "4111", "1111", "4111111111111111", "52998224725", "529.982.247-25", "11222333000181", "/0001-81",
        "12ABC34501DE35", "0", "9", " ", "  ", "-", ".", "/", ",", ":", "_", "=", "[", "]", "\"", "\\", "\\n",
        "\\u0040",
        "\\u00e9", "\\\"", "{", "}", "\n", "\t", "%", "~", "[email]", "550e8400-e29b-41d4-a716-446655440000",
    ]

    private static func text(_ random: inout SplitMix64, pieces count: Int) -> [UInt8] {
        (0..<count).flatMap { _ in Array((pieces.randomElement(using: &random) ?? "").utf8) }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func twiceIsOnce(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let redactor = Redactor()
        for _ in 0..<1500 {
            let text = Self.text(&random, pieces: Int.random(in: 1...24, using: &random))
            let once = redactor.redact(text)
            let twice = redactor.redact(once)
            #expect(
                twice == once,
                "\([text, once, twice].map { String(decoding: $0, as: UTF8.self) }.joined(separator: " → "))")
            #expect(String(validating: once, as: UTF8.self) != nil)
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func anyBytesPass(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let redactor = Redactor()
        for _ in 0..<500 {
            var bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            if !bytes.isEmpty, Bool.random(using: &random) {
                bytes.insert(
                    contentsOf: Self.text(&random, pieces: 8), at: Int.random(in: 0..<bytes.count, using: &random))
            }
            let once = redactor.redact(bytes)
            #expect(redactor.redact(once) == once)
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func documentsKeepTheirStructure(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let redactor = Redactor()
        for _ in 0..<300 {
            // An array around it: alone, a string or a number is text.
            let value = JSONValue.array([Self.value(&random, depth: 4)])
            let bytes = Self.spelled(value, &random)
            #expect(try JSONValue(parsing: bytes) == value)
            let once = redactor.redact(bytes)
            let read = try JSONValue(parsing: once)
            #expect(Self.shape(read) == Self.shape(value))
            #expect(redactor.redact(once) == once)
        }
    }

    private static let secrets = [
        "sk-aB3dE6gH9jK2mN5pQ8sT1vW4", "mk-abcdefghijklmnop-qrstuvwxyz234567abcdefghijklmnop", "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "ghp_0123456789abcdefghijABCDEFGHIJ456789",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", "ana.silva@example.com.br",
        "+55 11 98765-4321", "(11) 3456-7890", "4111 1111 1111 1111", "378282246310005", "529.982.247-25",
        "52998224725",
        "11.222.333/0001-81", "12ABC34501DE35", "-----BEGIN X KEY-----\nMIIE\n-----END X KEY-----",
    ]

    /// Among ordinary words, in text, in JSON, and in JSON in a string of JSON.
    @Test(arguments: 0..<4 as Range<UInt64>)
    func noSecretSurvives(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let redactor = Redactor()
        let words = [
            "the", "is", "Ação", "não", "in 2024", "v1.2.3", "日本語", "key:", "=", "\"", "\n", "(", "[", "🐦",
            "task-force", "#",
        ]
        func filler() -> String {
            (0..<Int.random(in: 0...6, using: &random)).map { _ in words.randomElement(using: &random) ?? "" }
                .joined(separator: " ")
        }
        for _ in 0..<400 {
            let secret = Self.secrets.randomElement(using: &random) ?? ""
            let between = [" ", "\n", "\t", "\"", "'", ": ", "=", "<", ";"].randomElement(using: &random) ?? " "
            let text = filler() + between + secret + (between == "<" ? ">" : between) + filler()
            #expect(!redactor.redact(text).contains(secret), "\(text)")
            let inner: JSONValue = ["a": .string(text), "b": [.string(text)]]
            let spelled = JSONValue.string(secret).text.dropFirst().dropLast()
            #expect(!redactor.redact(inner.text).contains(spelled), "\(inner.text)")
            let outer: JSONValue = ["arguments": .string(inner.text)]
            let twice = JSONValue.string(String(spelled)).text.dropFirst().dropLast()
            #expect(!redactor.redact(outer.text).contains(twice), "\(outer.text)")
        }
    }

    /// Each is a worst case for some matcher; what is quadratic does not end within the time limit.
    @Test(arguments: [
        "sk-", "sk-a", "eyJ-", "eyJaaaaaaaaaa-", "eyJaaaaaaaaaaaa.", "Bearer ", "Bearer 1", "-----BEGIN A-----",
        "-----BEGIN A----- x",
        "-", "- ", "a", "a.", "a@", "@", "a@b.", "a@b.c1.", "é", "é@", "1", "1 ", "1-", "4111 ", "4111-1111-",
        "529.982.247-", "+1",
        "+1 ", "+ 1", "(11) ", "(11)(", "55 11 ", "12.ABC.345/", "A", "A1/", "/", "\\", "\\u00", "\\u0040", "[", "\"",
        "{\"a\":",
        "[\"a@", "AKIA", "mk-abcdefghijklmnop-", "\u{0}", "\n", " ", "xn--", "a@xn--", "550e8400-",
    ])
    func timeIsLinear(piece: String) {
        let text = Array(String(repeating: piece, count: 400_000 / piece.utf8.count).utf8)
        let once = Redactor().redact(text)
        #expect(Redactor().redact(once) == once)
    }

    private static func value(_ random: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .number(JSONNumber(Int.random(in: -99...99_999_999_999, using: &random)))
        case 1:
            return .number(
                JSONNumber(
                    [52_998_224_725, 4_111_111_111_111_111, 11_222_333_000_181].randomElement(using: &random) ?? 0))
        case 2: return [JSONValue.null, true, false].randomElement(using: &random) ?? .null
        case 3: return .string(string(&random))
        case 4: return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(&random, depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                object[string(&random)] = value(&random, depth: depth - 1)
            }
            return .object(object)
        }
    }

    private static func string(_ random: inout SplitMix64) -> String {
        String(decoding: text(&random, pieces: Int.random(in: 0...10, using: &random)), as: UTF8.self)
    }

    /// Valid JSON with escapes where none is needed, and space around.
    private static func spelled(_ value: JSONValue, _ random: inout SplitMix64) -> [UInt8] {
        var output: [UInt8] = []
        var isEscape = false
        for byte in value.bytes {
            let mayEscape = !isEscape && (byte == UInt8(ascii: "@") || byte == UInt8(ascii: "+"))
            if mayEscape, Bool.random(using: &random) {
                output += Array((byte == UInt8(ascii: "@") ? "\\u0040" : "\\u002B").utf8)
            } else {
                output.append(byte)
            }
            isEscape = !isEscape && byte == UInt8(ascii: "\\")
        }
        return output
    }

    /// The document with every string the same, and every number.
    private static func shape(_ value: JSONValue) -> String {
        switch value {
        case .string: "s"
        case .number: "n"
        case .null: "0"
        case .bool(let value): value ? "t" : "f"
        case .array(let elements): "[" + elements.map(shape).joined(separator: ",") + "]"
        case .object(let object): "{" + object.map { shape($0.value) }.joined(separator: ",") + "}"
        }
    }
}
