extension RedactionScanner {
    /// A card, tax or telephone number that starts with a digit.
    func number(at index: Int) -> RedactionMatch? {
        // The digits behind a decimal point are no number of their own.
        let previous = before(index, 1)
        if previous == UInt8(ascii: ".") || previous == UInt8(ascii: ","), before(index, 2).isDigit { return nil }
        if uuid(at: index) != nil { return nil }
        return company(at: index) ?? card(at: index) ?? person(at: index) ?? brazilianPhone(at: index)
    }

    /// A CNPJ: `12.ABC.345/01DE-35`, with any of the marks left out.
    func company(at index: Int) -> RedactionMatch? {
        var values: [UInt8] = []
        var position = index
        var hasMark = false
        var hasSpace = false
        var hasLetter = false
        var hasSmall = false
        while values.count < 14 {
            let byte = text[position]
            if byte.isDigit || byte.isLetter, values.count < 12 || byte.isDigit {
                if byte.isLetter { hasLetter = true }
                if byte.isLower { hasSmall = true }
                values.append((byte.isLower ? byte &- 32 : byte) &- 48)
            } else {
                guard Self.isCompanyMark(byte, after: values.count), text[position &- 1].isAlphanumeric else {
                    return nil
                }
                hasMark = true
                if byte == 0x20 { hasSpace = true }
            }
            position &+= 1
            // Most words end here.
            if hasSmall, !hasMark, values.count > 2 { return nil }
        }
        guard !text[position].isWord, !(hasLetter && hasSpace), CheckDigits.cnpj(values) else { return nil }
        return RedactionMatch(range: index..<position, kind: .cnpj)
    }

    private static func isCompanyMark(_ byte: UInt8, after count: Int) -> Bool {
        switch (count, byte) {
        case (2, UInt8(ascii: ".")), (5, UInt8(ascii: ".")), (8, UInt8(ascii: "/")), (8, UInt8(ascii: "-")): true
        case (12, UInt8(ascii: "-")), (12, UInt8(ascii: "/")): true
        case (2, 0x20), (5, 0x20), (8, 0x20), (12, 0x20): true
        default: false
        }
    }

    /// A CPF: `529.982.247-25`, with any of the marks left out.
    private func person(at index: Int) -> RedactionMatch? {
        var digits: [UInt8] = []
        var position = index
        while digits.count < 11 {
            let byte = text[position]
            if byte.isDigit {
                digits.append(byte &- 48)
            } else {
                guard Self.isPersonMark(byte, after: digits.count), text[position &- 1].isDigit else { return nil }
            }
            position &+= 1
        }
        guard !text[position].isWord, CheckDigits.cpf(digits) else { return nil }
        return RedactionMatch(range: index..<position, kind: .cpf)
    }

    private static func isPersonMark(_ byte: UInt8, after count: Int) -> Bool {
        switch count {
        case 3, 6: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == 0x20
        // No point: with three of them it is an address of the Internet.
        case 9: byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == 0x20
        default: false
        }
    }

    /// A card number: 13 to 19 digits at a stretch, or in groups as on the card: four digits, then four to six in each,
    /// the last one shorter or not.
    private func card(at index: Int) -> RedactionMatch? {
        var digits: [UInt8] = []
        var ends: [(count: Int, position: Int)] = []
        var position = index
        var mark: UInt8?
        while true {
            let end = text.end(from: position, limit: 20) { $0.isDigit }
            let size = end &- position
            guard size > 0, digits.count &+ size <= 19 else { break }
            for place in position..<end { digits.append(text[place] &- 48) }
            ends.append((digits.count, end))
            guard text[end] == UInt8(ascii: "-") || text[end] == 0x20, mark == nil || mark == text[end] else { break }
            guard size == 4 || ends.count > 1 && (4...6).contains(size) else { break }
            mark = text[end]
            position = end &+ 1
        }
        while let (count, end) = ends.popLast() {
            let candidate = Array(digits.prefix(count))
            if CheckDigits.isCardRange(candidate), CheckDigits.luhn(candidate), !text[end].isWord {
                return RedactionMatch(range: index..<end, kind: .card)
            }
        }
        return nil
    }
}
