/// When a webhook that failed is called again.
enum WebhookBackoff {
    /// About ten minutes with the waits between them.
    static let attempts = 6

    /// Milliseconds to wait after a failed attempt (1...): 5 seconds, three times as long each time, and up to a fifth
    /// more or less at random, so that the calls of many alerts do not come back all at once.
    static func delay(after attempt: Int, using random: inout some RandomNumberGenerator) -> Int {
        var delay = 5000
        for _ in 1..<max(1, min(attempt, attempts)) { delay *= 3 }
        return delay + Int.random(in: -delay / 5...delay / 5, using: &random)
    }
}
