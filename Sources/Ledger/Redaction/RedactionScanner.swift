/// Finds secrets and personal data in text, from left to right in one pass.
///
/// A match starts where a word starts (or at a sign that is no part of words) and what it looks at behind its end is
/// one byte. Every matcher looks ahead over a bounded number of bytes, or over a run that it remembers when it fails:
/// that keeps the pass linear whatever the text is. And a text in which the matches are replaced by labels holds no
/// further ones, because everything a matcher sees there it has seen before: what is before a match counts as
/// punctuation afterwards, as the label's end will, and a shorter run never matches where a longer one did not. Keep
/// to both rules when adding a matcher.
///
/// JSON escapes separate words, so that JSON inside of a string is read properly: the `n` of `\n` is no letter.
struct RedactionScanner {
    let text: ScanBytes
    private(set) var matches: [RedactionMatch] = []
    /// Behind the last match or escape; what is before is not looked at any more.
    private var barrier = 0
    /// Up to where a JSON Web Token cannot start, because the run it would start in is none.
    var noTokenUntil = 0
    /// Up to where the local part of an address cannot start.
    var noEmailUntil = 0

    init(_ text: ScanBytes) {
        self.text = text
    }

    mutating func scan() {
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\\") {
                index = min(index &+ text.escapeLength(at: index), text.count)
                barrier = index
            } else if !mayStart(byte) || before(index, 1).isWord && byte != UInt8(ascii: "-") {
                index &+= 1
            } else if let match = match(at: index, byte) {
                matches.append(match)
                index = match.range.upperBound
                barrier = index
            } else {
                index = next(after: index, byte)
            }
        }
    }

    /// The byte `distance` before `index`, or what will be there when the last match is replaced.
    @inline(__always) func before(_ index: Int, _ distance: Int) -> UInt8 {
        index &- distance >= barrier ? text[index &- distance] : UInt8(ascii: "]")
    }

    @inline(__always) private func mayStart(_ byte: UInt8) -> Bool {
        if byte.isWord || byte.isLatinLead { return true }
        return switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "("), UInt8(ascii: "/"): true
        default: false
        }
    }

    private mutating func match(at index: Int, _ byte: UInt8) -> RedactionMatch? {
        switch byte {
        case UInt8(ascii: "-"): pem(at: index)
        case UInt8(ascii: "+"): internationalPhone(at: index) ?? cloudSecret(at: index)
        case UInt8(ascii: "("): brazilianPhone(at: index)
        case UInt8(ascii: "/"): cloudSecret(at: index)
        case _ where byte.isLetter: credential(at: index, byte) ?? email(at: index) ?? company(at: index)
        case _ where byte.isDigit: email(at: index) ?? cloudSecret(at: index) ?? number(at: index)
        default: email(at: index)
        }
    }

    /// Where to go on when nothing starts at `index`: behind the word.
    private func next(after index: Int, _ byte: UInt8) -> Int {
        guard byte.isWord else { return index &+ 1 }
        return uuid(at: index) ?? text.end(from: index) { $0.isWord }
    }

    /// The end of a UUID at `index`: its parts look like numbers of their own.
    func uuid(at index: Int) -> Int? {
        var position = index
        for (number, length) in [8, 4, 4, 4, 12].enumerated() {
            if number > 0 {
                guard text[position] == UInt8(ascii: "-") else { return nil }
                position &+= 1
            }
            let end = text.end(from: position, limit: length) { $0.isHexDigit }
            guard end &- position == length else { return nil }
            position = end
        }
        return text[position].isWord ? nil : position
    }
}
