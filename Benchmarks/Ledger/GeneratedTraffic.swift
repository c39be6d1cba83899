import Ledger
import Storage

/// Requests in the order of time, spread evenly over some days up to a fixed noon, and then many at once. Some keys are busier than others: a
/// tenth of the keys makes a third of the requests. The same each time.
struct GeneratedTraffic {
    static let end = Timestamp(seconds: 1_772_366_400)

    private let options: LedgerOptions
    private let models = [
        ("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5"),
        ("anthropic", "claude-haiku-4-5"), ("gemini", "gemini-2.5-pro"), ("gemini", "gemini-2.5-flash"),
        ("groq", "llama-3.3-70b-versatile"), ("openrouter", "deepseek-chat"),
    ]
    private var random = Generator(state: 7)
    private var ids = UUIDv7Generator()
    private var number = 0

    init(_ options: LedgerOptions) {
        self.options = options
    }

    mutating func skip(_ count: Int) {
        for _ in 0..<count { _ = next() }
    }

    /// How many rows are left of the part that is being made; nil at the end.
    var rest: Int? {
        if number < options.rows { return options.rows - number }
        return number < options.rows + options.burst ? options.rows + options.burst - number : nil
    }

    var name: String { number < options.rows ? "spread over days" : "5,000 a second" }

    private var time: Timestamp {
        let span = options.days * 86_400_000
        if number >= options.rows { return Self.end.adding(milliseconds: (number - options.rows) / 5) }
        return Self.end.adding(milliseconds: Int(Double(span) / Double(options.rows) * Double(number)) - span)
    }

    mutating func next() -> UsageRecord {
        let time = time
        number += 1
        let share = Double.random(in: 0..<1, using: &random)
        let key = Int(Double(options.keys) * share * share)
        let (provider, model) = models[(key * 5 + Int.random(in: 0..<3, using: &random)) % models.count]
        var record = UsageRecord(
            id: ids.next(at: time, random: &random), time: time, tenant: "tenant-\(key % options.tenants)",
            endpoint: "chat/completions", clientModel: "smart")
        record.key = "k\(1_000_000 + key)abcdef"
        record.user = "user-\(key / 2)"
        (record.provider, record.upstreamModel) = (provider, model)
        record.attemptCount = 1
        record.promptTokens = Int.random(in: 20..<4000, using: &random)
        record.completionTokens = Int.random(in: 5..<1000, using: &random)
        record.costNanodollars = record.promptTokens * 2500 + record.completionTokens * 10_000
        record.priceVersion = "2026-02"
        record.cache = .miss
        let fails = Int.random(in: 0..<50, using: &random) == 0
        record.status = fails ? 502 : 200
        record.error = fails ? "server_error" : nil
        record.totalMilliseconds =
            (100 + Int.random(in: 0..<100, using: &random)) << Int.random(in: 0..<8, using: &random)
        record.firstTokenMilliseconds = record.totalMilliseconds / 4
        record.isStream = true
        record.attempts = [
            AttemptRecord(
                number: 1, provider: provider, model: model, outcome: fails ? "server_error" : "ok",
                status: record.status, latencyMilliseconds: record.totalMilliseconds,
                promptTokens: record.promptTokens, completionTokens: record.completionTokens,
                costNanodollars: record.costNanodollars)
        ]
        return record
    }
}

/// SplitMix64, so that runs compare.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
