import Testing

@testable import Limits

@Suite struct ReplyNumbersTests {
    @Test(
        arguments: [
            ("", []), ("0", [0]), ("1 22  333", [1, 22, 333]), ("12x 3", [12]), ("-1", []),
            ("9007199254740991 ", [9_007_199_254_740_991]), ("1234567890123456789", []),
        ] as [(String, [Int])])
    func reads(_ text: String, _ expected: [Int]) {
        var numbers = ReplyNumbers(Array(text.utf8))
        var found: [Int] = []
        while let number = numbers.next() { found.append(number) }
        #expect(found == expected)
    }

    @Test(arguments: [0, 7, 10, 1_749_643_200_000, 9_007_199_254_740_991]) func writesWhatItReads(_ number: Int) {
        var text: [UInt8] = []
        text.append(decimal: 5)
        text.append(decimal: number)
        #expect(String(decoding: text, as: UTF8.self) == "5 \(number) ")
    }

    @Test func negativeNumbersAreNotWritten() {
        var text: [UInt8] = []
        text.append(decimal: -3)
        #expect(text == Array("0 ".utf8))
    }

    @Test func rememberedIDsAreBounded() {
        var set = BoundedIDSet(capacity: 2)
        #expect(set.insert(ReservationID(1), at: 0) == true)
        #expect(set.insert(ReservationID(1), at: 1) == false)
        #expect(set.insert(ReservationID(2), at: 2) == true)
        #expect(set.insert(ReservationID(3), at: 3) == true)
        #expect(set.contains(ReservationID(1)) == false)
        #expect(set.remove(ReservationID(2)) == true)
        #expect(set.remove(ReservationID(2)) == false)
        #expect(set.insert(ReservationID(4), at: 3 + BoundedIDSet.lifetime) == true)
        #expect(set.contains(ReservationID(3)) == false)
    }
}
