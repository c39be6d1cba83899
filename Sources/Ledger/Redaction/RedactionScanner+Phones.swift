extension RedactionScanner {
    /// A number in the international form: `+`, then 8 to 15 digits (ITU-T E.164) with marks between them.
    func internationalPhone(at index: Int) -> RedactionMatch? {
        guard before(index, 1) != UInt8(ascii: "+"), text[index &+ 1] &- 0x31 < 9 else { return nil }
        let length = nationalLength(at: index &+ 1)
        var digits = 0
        var position = index &+ 1
        var end: Int?
        var points = 0
        while true {
            let group = text.end(from: position, limit: 16) { $0.isDigit }
            digits &+= group &- position
            guard group > position, digits <= length.upperBound else { break }
            if length.contains(digits), !text[group].isWord { end = group }
            guard digits < length.upperBound else { break }
            let mark = text.end(from: group, limit: 2, Self.isPhoneMark)
            if text[group] == UInt8(ascii: "."), mark == group &+ 1 { points &+= 1 }
            guard mark > group else { break }
            position = mark
        }
        guard let end, points != 1 || !isDecimal(index &+ 1..<end) else { return nil }
        return RedactionMatch(range: index..<end, kind: .phone)
    }

    private static func isPhoneMark(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "/"): true
        default: false
        }
    }

    /// How many digits a number has, with its country code, where that is fixed; so that a number behind it is left
    /// out.
    private func nationalLength(at index: Int) -> ClosedRange<Int> {
        if text[index] == UInt8(ascii: "1") { return 11...11 }
        if text.has("55", at: index) { return 12...13 }
        return 8...15
    }

    /// Whether the range is digits, one point and one or two digits: an amount.
    private func isDecimal(_ range: Range<Int>) -> Bool {
        let point = text.end(from: range.lowerBound) { $0.isDigit }
        let end = text.end(from: point &+ 1) { $0.isDigit }
        return text[point] == UInt8(ascii: ".") && end == range.upperBound && (1...2).contains(end &- point &- 1)
    }

    /// A Brazilian number without `+`: `(11) 98765-4321`, `11 3456-7890`, `5511987654321`, `11987654321`.
    ///
    /// An area code is a must; without one, a mobile number looks like a postal code. Ten digits at a stretch are too
    /// often something else (a time in seconds) to be taken for a landline number.
    func brazilianPhone(at index: Int) -> RedactionMatch? {
        if text.has("55", at: index) {
            let start = text.end(from: index &+ 2, limit: 1) { $0 == 0x20 || $0 == UInt8(ascii: "-") }
            if let end = subscriber(at: start, hasCountry: true) {
                return RedactionMatch(range: index..<end, kind: .phone)
            }
        }
        return subscriber(at: index, hasCountry: false).map { RedactionMatch(range: index..<$0, kind: .phone) }
    }

    /// The end of area code and number.
    private func subscriber(at index: Int, hasCountry: Bool) -> Int? {
        var position = index
        let hasParenthesis = text[position] == UInt8(ascii: "(")
        if hasParenthesis { position &+= 1 }
        // The prefix of calls over a distance.
        if text[position] == UInt8(ascii: "0") { position &+= 1 }
        guard Self.isArea(text[position], text[position &+ 1]) else { return nil }
        position &+= 2
        var isMarked = hasParenthesis
        if hasParenthesis {
            guard text[position] == UInt8(ascii: ")") else { return nil }
            position = text.end(from: position &+ 1, limit: 2) { $0 == 0x20 || $0 == UInt8(ascii: "-") }
        } else if text[position] == 0x20 || text[position] == UInt8(ascii: "-") {
            isMarked = true
            position &+= 1
        }
        return mobile(at: position) ?? landline(at: position, isCertain: hasParenthesis || hasCountry, isMarked)
    }

    /// Nine digits, the first a 9.
    private func mobile(at index: Int) -> Int? {
        guard text[index] == UInt8(ascii: "9") else { return nil }
        let start = text[index &+ 1] == 0x20 ? index &+ 2 : index &+ 1
        let first = text.end(from: start, limit: 4) { $0.isDigit }
        guard first &- start == 4 else { return nil }
        return lastFour(from: first, needsMark: false)
    }

    /// Eight digits, the first from 2 to 5.
    private func landline(at index: Int, isCertain: Bool, _ isMarked: Bool) -> Int? {
        guard text[index] &- 0x32 < 4 else { return nil }
        let first = text.end(from: index, limit: 4) { $0.isDigit }
        guard first &- index == 4, isCertain || isMarked else { return nil }
        guard let end = lastFour(from: first, needsMark: !isCertain) else { return nil }
        // Two years with a day or a page before them.
        return text.has("20", at: index) && text.has("20", at: end &- 4) && !isCertain ? nil : end
    }

    private func lastFour(from index: Int, needsMark: Bool) -> Int? {
        let isMarked = text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: ".")
        guard isMarked || !needsMark else { return nil }
        let start = isMarked || text[index] == 0x20 ? index &+ 1 : index
        let end = text.end(from: start, limit: 4) { $0.isDigit }
        return end &- start == 4 && !text[end].isWord ? end : nil
    }

    /// The area codes in use (Anatel, "Códigos Nacionais"): none ends in 0, and a few others are not given out.
    private static func isArea(_ first: UInt8, _ second: UInt8) -> Bool {
        guard first &- 0x31 < 9, second &- 0x31 < 9 else { return false }
        return switch (first, second) {
        case (UInt8(ascii: "2"), UInt8(ascii: "3")), (UInt8(ascii: "2"), UInt8(ascii: "5")): false
        case (UInt8(ascii: "2"), UInt8(ascii: "6")), (UInt8(ascii: "2"), UInt8(ascii: "9")): false
        case (UInt8(ascii: "3"), UInt8(ascii: "6")), (UInt8(ascii: "3"), UInt8(ascii: "9")): false
        case (UInt8(ascii: "5"), UInt8(ascii: "2")), (UInt8(ascii: "5"), UInt8(ascii: "6")...): false
        case (UInt8(ascii: "7"), UInt8(ascii: "2")), (UInt8(ascii: "7"), UInt8(ascii: "6")): false
        case (UInt8(ascii: "7"), UInt8(ascii: "8")): false
        default: true
        }
    }
}
