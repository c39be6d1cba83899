/// Takes secrets out of provider messages before they are logged or shown: providers quote keys
/// ("Incorrect API key provided: …"), organisation and user ids (contracts, section 4, "Secrets").
/// E-mail addresses stay; they are the providers' support contacts.
package enum SecretMask {
    /// `text` with every secret replaced by its kind and `***`, such as `sk-***`.
    package static func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var copied = 0
        var position = 0
        while position < bytes.count {
            guard let secret = secret(in: bytes, at: position) else {
                position += 1
                continue
            }
            output += bytes[copied..<secret.lowerBound]
            output += "***".utf8
            copied = secret.upperBound
            position = secret.upperBound
        }
        guard copied > 0 else { return text }
        output += bytes[copied...]
        return String(decoding: output, as: UTF8.self)
    }

    /// A prefix that marks what follows as secret. It stays readable.
    private struct Marker: Sendable {
        /// Lowercase where `ignoresCase`.
        var prefix: [UInt8]
        /// Fewer token characters after the prefix are no secret ("sk-" in prose).
        var minimum: Int
        /// Words are no secret: what follows must hold a digit or a capital letter ("org-wide limit").
        var needsMix = false
        var ignoresCase = false
        /// Field names and phrases may be separated from the value by quotes, colons and spaces.
        var skipsPunctuation = false

        init(key prefix: String, minimum: Int = 4) {
            self.prefix = Array(prefix.utf8)
            self.minimum = minimum
        }

        init(id prefix: String) {
            self.prefix = Array(prefix.utf8)
            minimum = 6
            needsMix = true
        }

        init(before phrase: String, minimum: Int = 1, needsMix: Bool = false) {
            prefix = Array(phrase.utf8)
            self.minimum = minimum
            self.needsMix = needsMix
            ignoresCase = true
            skipsPunctuation = true
        }
    }

    private static let markers: [Marker] = [
        // Keys: OpenAI and Anthropic (and OpenRouter's sk-or-), Google, Groq, ours, xAI, Hugging Face, JWTs.
        Marker(key: "sk-"), Marker(key: "AIza", minimum: 8), Marker(key: "gsk_"), Marker(key: "mk-"),
        Marker(key: "xai-", minimum: 8), Marker(key: "hf_", minimum: 8), Marker(key: "eyJ", minimum: 16),
        Marker(id: "org-"), Marker(id: "org_"), Marker(id: "user-"), Marker(id: "user_"), Marker(id: "proj_"),
        Marker(before: "bearer ", minimum: 8, needsMix: true), Marker(before: "key provided:"),
        Marker(before: "api_key=", minimum: 4), Marker(before: "api-key:", minimum: 4),
        Marker(before: "api_key\"", minimum: 4), Marker(before: "?key=", minimum: 4),
        Marker(before: "&key=", minimum: 4), Marker(before: "user_id\"", minimum: 4),
        Marker(before: "user_id=", minimum: 4), Marker(before: "user_id:", minimum: 4),
    ]

    /// First bytes of all markers, both cases: most positions are dismissed by this alone.
    private static let canStart: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        for marker in markers {
            guard let first = marker.prefix.first else { continue }
            table[Int(first)] = true
            if marker.ignoresCase { table[Int(first & ~0x20)] = true }
        }
        return table
    }()

    /// The secret part behind a marker that starts at `start`.
    private static func secret(in bytes: [UInt8], at start: Int) -> Range<Int>? {
        guard canStart[Int(bytes[start])] else { return nil }
        if start > 0, isWord(bytes[start - 1]), isWord(bytes[start]) { return nil }
        for marker in markers {
            let afterPrefix = start + marker.prefix.count
            guard afterPrefix < bytes.count else { continue }
            let matches = zip(bytes[start..<afterPrefix], marker.prefix).allSatisfy { byte, wanted in
                byte == wanted || (marker.ignoresCase && (byte | 0x20) == wanted)
            }
            guard matches else { continue }
            if let token = token(in: bytes, from: afterPrefix, marker) { return token }
        }
        return nil
    }

    /// Bytes of a token within which its first digit or capital letter is expected.
    private static let mixReach = 64

    private static func token(in bytes: [UInt8], from start: Int, _ marker: Marker) -> Range<Int>? {
        var lower = start
        if marker.skipsPunctuation {
            while lower < bytes.count, #" "':="#.utf8.contains(bytes[lower]) { lower += 1 }
        }
        // Looked for near the start only: a long run of words and dashes may hold a marker at every fourth byte.
        let reach = bytes[lower...].prefix(mixReach).prefix(while: isToken)
        if marker.needsMix, !reach.contains(where: { isDigit($0) || isCapital($0) }) { return nil }
        var upper = lower
        while upper < bytes.count, isToken(bytes[upper]) { upper += 1 }
        // The full stop of the sentence is not part of the key.
        while upper > lower, bytes[upper - 1] == UInt8(ascii: ".") { upper -= 1 }
        return upper - lower >= marker.minimum ? lower..<upper : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isCapital(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || isCapital(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }
    /// `*` because providers mask keys themselves, in part.
    private static func isToken(_ byte: UInt8) -> Bool { isWord(byte) || "-.*+/~".utf8.contains(byte) }
}
