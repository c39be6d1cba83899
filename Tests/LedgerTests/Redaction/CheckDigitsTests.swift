import Testing

@testable import Ledger

@Suite struct CheckDigitsTests {
    private func digits(_ text: String) -> [UInt8] { text.utf8.map { $0 &- 48 } }

    @Test(arguments: ["4111111111111111", "79927398713", "0", "18"])
    func luhn(text: String) {
        #expect(CheckDigits.luhn(digits(text)))
        // Every single wrong digit is noticed.
        for position in text.utf8.indices {
            for wrong in 1...9 {
                var values = digits(text)
                let index = text.utf8.distance(from: text.utf8.startIndex, to: position)
                values[index] = (values[index] + UInt8(wrong)) % 10
                #expect(!CheckDigits.luhn(values))
            }
        }
    }

    @Test(arguments: ["52998224725", "11144477735", "12345678909", "00000000191"])
    func cpf(text: String) {
        #expect(CheckDigits.cpf(digits(text)))
        // The formula does not notice every wrong digit, but a wrong check digit always.
        for index in 9..<11 {
            var values = digits(text)
            values[index] = (values[index] + 1) % 10
            #expect(!CheckDigits.cpf(values))
        }
    }

    @Test(arguments: ["11222333000181", "00000000000191", "12ABC34501DE35", "45997418000153"])
    func cnpj(text: String) {
        #expect(CheckDigits.cnpj(digits(text)))
        for index in 12..<14 {
            var values = digits(text)
            values[index] = (values[index] + 1) % 10
            #expect(!CheckDigits.cnpj(values))
        }
    }

    @Test(arguments: ["", "1", "00000000000", "11111111111", "99999999999", "00000000000000", "11111111111111"])
    func repetitionsAreNone(text: String) {
        #expect(!CheckDigits.cpf(digits(text)))
        #expect(!CheckDigits.cnpj(digits(text)))
        #expect(!CheckDigits.isCardRange(digits(text)))
    }

    @Test(arguments: [
        ("4111111111111111", true), ("411111111111111", false), ("4222222222222", true), ("5105105105105100", true),
        ("5600000000000000000", true), ("2720990000000000", true), ("2721000000000000", false),
        ("371449635398431", true),
        ("3714496353984310", false), ("38520000023237", true), ("1234567890123456", false), ("9000000000000000", false),
        ("0400000000000000", false),
    ])
    func ranges(example: (text: String, isCard: Bool)) {
        #expect(CheckDigits.isCardRange(digits(example.text)) == example.isCard)
    }
}
