import Foundation
import Storage
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (999, "1970-01-01T00:00:00Z"),
        (951_782_400_000, "2000-02-29T00:00:00Z"),
        (4_107_542_399_000, "2100-02-28T23:59:59Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00Z"),
        (1_772_366_400_123, "2026-03-01T12:00:00Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
    ])
    func knownMoments(milliseconds: Int, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test func agreesWithFoundation() {
        let formatter = ISO8601DateFormatter()
        var random = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            let seconds = Int.random(in: -2_000_000_000...32_503_680_000, using: &random)
            let expected = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(Timestamp(seconds: seconds).description == expected)
        }
    }

    @Test func extremesDoNotTrap() {
        #expect(Timestamp(seconds: .max).milliseconds == .max)
        #expect(Timestamp(seconds: .min).milliseconds == .min)
        #expect(Timestamp(milliseconds: .max).adding(milliseconds: 1).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).adding(milliseconds: -1).milliseconds == .min)
        #expect(!Timestamp(milliseconds: .max).description.isEmpty)
        #expect(!Timestamp(milliseconds: .min).description.isEmpty)
    }

    @Test func ordersAndMoves() {
        let moment = Timestamp(seconds: 10)
        #expect(moment.milliseconds == 10_000)
        #expect(moment < moment.adding(milliseconds: 1))
        #expect(Timestamp.now() > Timestamp(seconds: 1_700_000_000))
    }
}
