import Ledger
import Storage

extension UUIDv7 {
    /// The same for the same arguments.
    static func sample(_ number: Int, at time: Timestamp = .noon) -> UUIDv7 {
        var random = SplitMix64(seed: UInt64(number))
        var generator = UUIDv7Generator()
        return generator.next(at: time, random: &random)
    }
}

extension UsageRecord {
    /// An ordinary streamed answer; `number` makes the id.
    static func sample(
        _ number: Int, at time: Timestamp = .noon, tenant: String = "acme", key: String? = "k1", user: String? = "ana",
        provider: String? = "openai", model: String? = "gpt-4o", status: Int = 200
    ) -> UsageRecord {
        var record = UsageRecord(
            id: .sample(number, at: time), time: time, tenant: tenant, endpoint: "chat/completions",
            clientModel: "smart")
        record.key = key
        record.user = user
        record.provider = provider
        record.upstreamModel = model
        record.attemptCount = 1
        record.promptTokens = 100
        record.cachedTokens = 40
        record.completionTokens = 20
        record.costNanodollars = 350_000
        record.priceVersion = "2026-02"
        record.cache = .miss
        record.status = status
        record.error = status < 400 ? nil : "server_error"
        record.firstTokenMilliseconds = 200
        record.totalMilliseconds = 1000
        record.isStream = true
        record.attempts = [
            AttemptRecord(
                number: 1, provider: provider ?? "", model: model ?? "", outcome: "ok", status: 200,
                latencyMilliseconds: 990, promptTokens: 100, completionTokens: 20, costNanodollars: 350_000)
        ]
        return record
    }

    /// A record with numbers as they occur, of one of a few tenants, keys and models, somewhere in a range.
    static func plausible(_ number: Int, in range: Range<Int>, using random: inout SplitMix64) -> UsageRecord {
        let time = Timestamp(milliseconds: Int.random(in: range, using: &random))
        let tenant = "t\(Int.random(in: 0..<4, using: &random))"
        let key = Int.random(in: 0..<4, using: &random)
        let model = Int.random(in: 0..<5, using: &random)
        var record = UsageRecord.sample(
            number, at: time, tenant: tenant, key: key == 0 ? nil : "\(tenant)-k\(key)",
            user: Bool.random(using: &random) ? "u\(key)" : nil,
            provider: model == 0 ? nil : "p\(model % 2)", model: model == 0 ? nil : "m\(model)",
            status: [200, 200, 200, 429, 502][Int.random(in: 0..<5, using: &random)])
        record.promptTokens = Int.random(in: 0..<5000, using: &random)
        record.cachedTokens = Int.random(in: 0...record.promptTokens, using: &random)
        record.cacheWriteTokens = Int.random(in: 0..<10, using: &random)
        record.completionTokens = Int.random(in: 0..<2000, using: &random)
        record.reasoningTokens = Int.random(in: 0...record.completionTokens, using: &random)
        record.costNanodollars = Bool.random(using: &random) ? Int.random(in: 0..<1_000_000_000, using: &random) : nil
        record.savedNanodollars = Int.random(in: 0..<1000, using: &random)
        record.isEstimated = .random(using: &random)
        record.cache = CacheState.allCases.randomElement(using: &random) ?? .miss
        record.firstTokenMilliseconds = Bool.random(using: &random) ? Int.random(in: 0..<3000, using: &random) : nil
        record.totalMilliseconds = Int.random(in: 0..<1 << Int.random(in: 1..<21, using: &random), using: &random)
        record.isStream = .random(using: &random)
        return record
    }
}
