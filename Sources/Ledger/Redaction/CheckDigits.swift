/// The arithmetic that tells numbers of a kind from other numbers.
enum CheckDigits {
    /// ISO/IEC 7812-1's formula (Luhn). `digits` are values, not characters.
    static func luhn(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        var sum = 0
        var isDoubled = false
        for digit in digits.reversed() {
            let value = isDoubled ? Int(digit) * 2 : Int(digit)
            sum += value > 9 ? value - 9 : value
            isDoubled.toggle()
        }
        return sum % 10 == 0
    }

    /// Brazil's number of persons: eleven digits, two of them check digits. Repetitions of one digit fit the formula
    /// but are not given out.
    static func cpf(_ digits: [UInt8]) -> Bool {
        guard digits.count == 11, !isRepetition(digits) else { return false }
        return cpfDigit(digits.prefix(9)) == digits[9] && cpfDigit(digits.prefix(10)) == digits[10]
    }

    /// Brazil's number of companies: twelve characters and two check digits. Letters, which are given out from 2026 on
    /// (Instrução Normativa RFB 2.229/2024), count as their ASCII code less 48. `values` are those.
    static func cnpj(_ values: [UInt8]) -> Bool {
        guard values.count == 14, !isRepetition(values) else { return false }
        return cnpjDigit(values.prefix(12)) == values[12] && cnpjDigit(values.prefix(13)) == values[13]
    }

    /// Whether a card of this number could exist: the issuer's range (ISO/IEC 7812-1, as the networks publish theirs)
    /// has numbers of this length.
    static func isCardRange(_ digits: [UInt8]) -> Bool {
        guard digits.count >= 13, !isRepetition(digits) else { return false }
        let prefix = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) }
        switch prefix {
        case 4000...4999: return [13, 16, 19].contains(digits.count)
        case 2221...2720, 5100...5599: return digits.count == 16
        case 3400...3499, 3700...3799: return digits.count == 15
        case 3000...3059, 3600...3699, 3800...3999: return [14, 16, 19].contains(digits.count)
        // JCB, Discover, UnionPay, Maestro, Elo, Hipercard.
        case 3528...3589, 5000...5099, 5600...5899, 6000...6999: return (16...19).contains(digits.count)
        default: return false
        }
    }

    static func isRepetition(_ values: [UInt8]) -> Bool {
        values.allSatisfy { $0 == values.first }
    }

    private static func cpfDigit(_ digits: ArraySlice<UInt8>) -> UInt8 {
        var weight = digits.count + 1
        var sum = 0
        for digit in digits {
            sum += Int(digit) * weight
            weight -= 1
        }
        return UInt8(sum * 10 % 11 % 10)
    }

    private static func cnpjDigit(_ values: ArraySlice<UInt8>) -> UInt8 {
        // From the right 2, 3, … 9, 2, 3, …
        var weight = 2
        var sum = 0
        for value in values.reversed() {
            sum += Int(value) * weight
            weight = weight == 9 ? 2 : weight + 1
        }
        let rest = sum % 11
        return UInt8(rest < 2 ? 0 : 11 - rest)
    }
}
