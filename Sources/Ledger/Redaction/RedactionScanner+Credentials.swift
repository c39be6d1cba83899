extension RedactionScanner {
    /// Anything that starts with a letter and gives access to something.
    mutating func credential(at index: Int, _ byte: UInt8) -> RedactionMatch? {
        for pattern in KeyPattern.all[Int(byte)] {
            if let end = pattern.end(in: text, at: index) { return RedactionMatch(range: index..<end, kind: .apiKey) }
        }
        if let end = ownKey(at: index) { return RedactionMatch(range: index..<end, kind: .apiKey) }
        return webToken(at: index) ?? bearer(at: index) ?? cloudSecret(at: index)
    }

    /// `mk-<16 characters>-<secret>`; the public id alone is no secret.
    private func ownKey(at index: Int) -> Int? {
        guard text.has("mk-", at: index) else { return nil }
        let id = text.end(from: index &+ 3, limit: 17) { $0.isAlphanumeric }
        guard id &- index == 19, text[id] == UInt8(ascii: "-") else { return nil }
        let end = text.end(from: id &+ 1) { $0.isAlphanumeric }
        return end &- id > 16 && text[end] != UInt8(ascii: "_") ? end : nil
    }

    /// A JSON Web Token (RFC 7515, RFC 7516): two to five parts; the first is a JSON object, so it starts with `eyJ`.
    private mutating func webToken(at index: Int) -> RedactionMatch? {
        guard index >= noTokenUntil, text.has("eyJ", at: index) else { return nil }
        let first = text.end(from: index) { $0.isBase64URL }
        var end = first
        var parts = 1
        while parts < 5, text[end] == UInt8(ascii: "."), text[end &+ 1].isBase64URL {
            let next = text.end(from: end &+ 1) { $0.isBase64URL }
            guard parts > 1 || next &- end > 10 else { break }
            end = next
            parts &+= 1
        }
        guard first &- index >= 10, parts > 1 else {
            noTokenUntil = first
            return nil
        }
        return RedactionMatch(range: index..<end, kind: .token)
    }

    /// The token of an `Authorization: Bearer` header (RFC 6750); the word stays.
    private func bearer(at index: Int) -> RedactionMatch? {
        for (offset, letter) in [0x62, 0x65, 0x61, 0x72, 0x65, 0x72].enumerated()
        where text[index &+ offset] | 0x20 != letter { return nil }
        let start = text.end(from: index &+ 6, limit: 5) { $0 == 0x20 || $0 == 0x09 }
        guard (7...10).contains(start &- index) else { return nil }
        let window = text.end(from: start, limit: KeyPattern.window) { $0.isBearer }
        var hasDigit = false
        for position in start..<window where text[position].isDigit { hasDigit = true }
        guard window &- start >= (hasDigit ? 16 : 40) else { return nil }
        var end = text.end(from: window) { $0.isBearer }
        while end &- start > 16, text[end &- 1] == UInt8(ascii: ".") { end &-= 1 }
        return RedactionMatch(range: start..<end, kind: .token)
    }

    /// An AWS secret access key: exactly 40 characters of base64, known by nothing else. A hash in hexadecimal has no
    /// capitals beside small letters, and a path changes less often between the kinds of characters.
    func cloudSecret(at index: Int) -> RedactionMatch? {
        let previous = before(index, 1)
        guard !previous.isBase64, previous != UInt8(ascii: "-") else { return nil }
        let end = text.end(from: index, limit: 41) { $0.isBase64 }
        guard end &- index == 40 else { return nil }
        switch text[end] {
        // A bracket may be a label's: the run was longer then.
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "["): return nil
        default: break
        }
        var counts = [0, 0, 0, 0]
        var changes = 0
        var last = -1
        for position in index..<end {
            let byte = text[position]
            let kind = byte.isDigit ? 0 : byte.isUpper ? 1 : byte.isLower ? 2 : 3
            counts[kind] &+= 1
            if kind != last { changes &+= 1 }
            last = kind
        }
        guard counts[0] >= 1, counts[1] >= 5, counts[2] >= 5, counts[3] <= 6, changes >= 16 else { return nil }
        return RedactionMatch(range: index..<end, kind: .apiKey)
    }

    /// A block of RFC 7468's textual encoding, whole or cut off at its end.
    func pem(at index: Int) -> RedactionMatch? {
        guard before(index, 1) != UInt8(ascii: "-"), text.has("-----BEGIN ", at: index) else { return nil }
        let label = (index &+ 11)..<text.end(from: index &+ 11, limit: 48) { $0.isUpper || $0.isDigit || $0 == 0x20 }
        guard !label.isEmpty, text.has("-----", at: label.upperBound) else { return nil }
        let body = label.upperBound &+ 5
        // Not past a bracket: it may be a label that hides other dashes.
        var position = text.end(from: body) { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "[") }
        while text[position] == UInt8(ascii: "-"), !text.has("-----", at: position) {
            position = text.end(from: position &+ 1) { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "[") }
        }
        if let end = pemEnd(at: position, label) { return RedactionMatch(range: index..<end, kind: .pem) }
        guard let end = cutBody(at: body) else { return nil }
        return RedactionMatch(range: index..<end, kind: .pem)
    }

    private func pemEnd(at index: Int, _ label: Range<Int>) -> Int? {
        guard text.has("-----END ", at: index) else { return nil }
        for offset in 0..<label.count where text[index &+ 9 &+ offset] != text[label.lowerBound &+ offset] {
            return nil
        }
        let end = index &+ 9 &+ label.count
        return text.has("-----", at: end) ? end &+ 5 : nil
    }

    /// The end of the lines of base64 that follow; nil without any.
    private func cutBody(at index: Int) -> Int? {
        var position = index
        var end: Int?
        while true {
            position = text.end(from: position) { $0 <= 0x20 && $0 != 0 }
            if text[position] == UInt8(ascii: "\\") {
                position &+= text.escapeLength(at: position)
                continue
            }
            let line = text.end(from: position) { $0.isBase64 || $0 == UInt8(ascii: "=") }
            guard line &- position >= 16 else { return end }
            end = line
            position = line
        }
    }
}
