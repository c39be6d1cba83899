import Ledger
import Storage

extension UsageRecord {
    /// Anything that the codec must carry: every member absent or present, small and huge numbers, odd texts.
    static func random(using random: inout SplitMix64) -> UsageRecord {
        var record = UsageRecord(
            id: .random(using: &random), time: Timestamp(milliseconds: .edge(using: &random)),
            tenant: .odd(using: &random), endpoint: .odd(using: &random), clientModel: .odd(using: &random))
        record.user = .maybeOdd(using: &random)
        record.key = .maybeOdd(using: &random)
        record.endUser = .maybeOdd(using: &random)
        record.session = .maybeOdd(using: &random)
        record.module = .maybeOdd(using: &random)
        record.provider = .maybeOdd(using: &random)
        record.upstreamModel = .maybeOdd(using: &random)
        record.attemptCount = .edge(using: &random)
        record.promptTokens = .edge(using: &random)
        record.cachedTokens = .edge(using: &random)
        record.cacheWriteTokens = .edge(using: &random)
        record.completionTokens = .edge(using: &random)
        record.reasoningTokens = .edge(using: &random)
        record.costNanodollars = Bool.random(using: &random) ? .edge(using: &random) : nil
        record.priceVersion = .maybeOdd(using: &random)
        record.savedNanodollars = .edge(using: &random)
        record.isEstimated = .random(using: &random)
        record.cache = CacheState.allCases.randomElement(using: &random) ?? .miss
        record.status = .edge(using: &random)
        record.error = .maybeOdd(using: &random)
        record.firstTokenMilliseconds = Bool.random(using: &random) ? .edge(using: &random) : nil
        record.totalMilliseconds = .edge(using: &random)
        record.isStream = .random(using: &random)
        record.attempts = (0..<Int.random(in: 0...3, using: &random)).map { _ in .random(using: &random) }
        if Bool.random(using: &random) {
            record.log = PromptLog(prompt: .random(using: &random), answer: .random(using: &random))
        }
        return record
    }
}

extension AttemptRecord {
    static func random(using random: inout SplitMix64) -> AttemptRecord {
        AttemptRecord(
            number: .edge(using: &random), provider: .odd(using: &random), model: .odd(using: &random),
            outcome: .odd(using: &random), status: Bool.random(using: &random) ? .edge(using: &random) : nil,
            latencyMilliseconds: .edge(using: &random), promptTokens: .edge(using: &random),
            completionTokens: .edge(using: &random),
            costNanodollars: Bool.random(using: &random) ? .edge(using: &random) : nil)
    }
}

extension UUIDv7 {
    static func random(using random: inout SplitMix64) -> UUIDv7 {
        var generator = UUIDv7Generator()
        let time = Timestamp(milliseconds: Int.random(in: 0..<1 << 48, using: &random))
        return generator.next(at: time, random: &random)
    }
}

extension Int {
    /// Of any magnitude, the ends of the range among them.
    static func edge(using random: inout SplitMix64) -> Int {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: 0
        case 1: .max
        case 2: .min
        default: Int(truncatingIfNeeded: random.next()) >> Int.random(in: 0..<64, using: &random)
        }
    }
}

extension String {
    static func odd(using random: inout SplitMix64) -> String {
        let letters = ["a", "Z", "0", "-", "é", "日", "🐦", "\u{0}", "\"", ",", "\n", "e\u{301}"]
        let count = Int.random(in: 0..<20, using: &random)
        return (0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }.joined()
    }
}

extension String? {
    static func maybeOdd(using random: inout SplitMix64) -> String? {
        Bool.random(using: &random) ? .odd(using: &random) : nil
    }
}

extension [UInt8] {
    static func random(using random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0..<300, using: &random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
}
