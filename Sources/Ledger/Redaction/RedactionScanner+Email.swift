extension RedactionScanner {
    /// An e-mail address, with Latin letters beyond ASCII where RFC 6531 allows any: in scripts without spaces the
    /// words around the address would count as parts of it.
    mutating func email(at index: Int) -> RedactionMatch? {
        guard index >= noEmailUntil else { return nil }
        var at = index
        while true {
            let byte = text[at]
            if byte.isLatinLead, text[at &+ 1].isContinuation {
                at &+= 2
            } else if Self.isLocal(byte) {
                at &+= 1
            } else {
                break
            }
        }
        guard text[at] == UInt8(ascii: "@"), at > index, let end = domainEnd(from: at &+ 1) else {
            noEmailUntil = max(at, index &+ 1)
            return nil
        }
        return RedactionMatch(range: index..<end, kind: .email)
    }

    private static func isLocal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "%"), UInt8(ascii: "+"), UInt8(ascii: "-"): true
        default: byte.isWord
        }
    }

    /// The last place where a top-level domain ends, within the longest name that the DNS knows.
    private func domainEnd(from start: Int) -> Int? {
        var position = start
        var accepted: Int?
        while position &- start < 254 {
            let label = position
            while position &- start < 254 {
                let byte = text[position]
                if byte.isLatinLead, text[position &+ 1].isContinuation {
                    position &+= 2
                } else if byte.isAlphanumeric || byte == UInt8(ascii: "-") {
                    position &+= 1
                } else {
                    break
                }
            }
            guard position > label else { return accepted }
            if label > start, let end = topLevelEnd(label..<position) { accepted = end }
            guard text[position] == UInt8(ascii: ".") else { return accepted }
            position &+= 1
        }
        return accepted
    }

    /// Two letters or more and then no part of a word, or a name in Punycode.
    private func topLevelEnd(_ label: Range<Int>) -> Int? {
        if text.has("xn--", at: label.lowerBound), label.count > 5, !text[label.upperBound].isWord {
            return label.upperBound
        }
        let end = text.end(from: label.lowerBound, limit: label.count) { $0.isLetter }
        guard end &- label.lowerBound >= 2, !text[end].isWord, !text[end].isLatinLead else { return nil }
        return end
    }
}
