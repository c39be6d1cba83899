import Foundation
import Testing

@testable import Storage

@Suite struct PostgreSQLNumericTests {
    private func value(_ words: [UInt16]) throws -> SQLValue {
        let bytes = words.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        return try bytes.withUnsafeBytes { try PostgreSQLNumeric($0).sqlValue }
    }

    @Test(
        arguments: [
            ([0, 0, 0, 0], .integer(0)),
            ([1, 0, 0, 0, 7], .integer(7)),
            ([1, 0, 0x4000, 0, 7], .integer(-7)),
            // Zeros at the end are not sent: 10,000 is the digit 1 at place 1.
            ([1, 1, 0, 0, 1], .integer(10_000)),
            ([2, 1, 0, 0, 1, 2345], .integer(12_345)),
            ([1, 0xFFFF, 0, 1, 5000], .real(0.5)),
            ([2, 0, 0x4000, 4, 3, 1416], .real(-3.1416)),
            // An average of integers: a fraction of zeros is none.
            ([2, 0, 0, 16, 2, 0], .integer(2)),
            ([1, 0xFFFE, 0, 8, 1], .real(1e-8)),
            ([5, 4, 0, 0, 922, 3372, 368, 5477, 5807], .integer(.max)),
            ([5, 4, 0x4000, 0, 922, 3372, 368, 5477, 5808], .integer(.min)),
            ([0, 0, 0xC000, 0], .null),
            ([0, 0, 0xD000, 0], .real(.infinity)),
            ([0, 0, 0xF000, 0], .real(-.infinity)),
        ] as [([UInt16], SQLValue)])
    func knownNumbers(words: [UInt16], expected: SQLValue) throws {
        #expect(try value(words) == expected)
    }

    @Test(
        arguments: [
            [5, 4, 0, 0, 922, 3372, 368, 5477, 5808], [5, 4, 0x4000, 0, 922, 3372, 368, 5477, 5809],
            [1, 30, 0, 0, 1], [1, 0x7FFF, 0, 0, 1],
        ] as [[UInt16]])
    func wholeNumbersThatDoNotFitAreErrors(words: [UInt16]) {
        #expect(throws: StorageError.invalid("integer overflow: a whole number needs more than 64 bits")) {
            _ = try value(words)
        }
    }

    @Test(
        arguments: [
            [], [0], [0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0, 10_000], [0xFFFF, 0, 0, 0],
        ] as [[UInt16]])
    func malformedNumbersAreCorrupt(words: [UInt16]) {
        #expect(throws: StorageError.corrupt("PostgreSQL sent a malformed decimal number")) { _ = try value(words) }
    }

    @Test func oddLengthsAreCorrupt() {
        let bytes: [UInt8] = [0, 1, 0, 0, 0, 0, 0, 0, 7]
        #expect(throws: StorageError.self) { _ = try bytes.withUnsafeBytes { try PostgreSQLNumeric($0).sqlValue } }
    }

    /// Against the decimal text of the same digits.
    @Test func agreesWithDecimalText() throws {
        var random = SplitMix64(seed: 99)
        for _ in 0..<2000 {
            let whole = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                UInt16.random(in: 0..<10_000, using: &random)
            }
            let fraction = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                UInt16.random(in: 0..<10_000, using: &random)
            }
            let isNegative = Bool.random(using: &random)
            let head = [UInt16(whole.count + fraction.count), UInt16(whole.count - 1), isNegative ? 0x4000 : 0, 12]
            let text = { (digits: [UInt16]) in digits.map { String(format: "%04d", Int($0)) }.joined() }
            let sign = isNegative ? "-" : ""
            let found = try value(head + whole + fraction)
            if fraction.allSatisfy({ $0 == 0 }) {
                #expect(found == .integer(Int64(sign + text(whole)) ?? 0))
            } else {
                #expect(found == .real(Double(sign + text(whole) + "." + text(fraction)) ?? 0))
            }
        }
    }
}
