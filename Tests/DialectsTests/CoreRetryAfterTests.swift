import Testing
import WireJSON

@testable import Dialects

/// Where waits are read from, and in which order.
@Suite struct CoreRetryAfterTests {
    /// 2026-08-19T14:34:22Z
    private static let now = 1_787_150_062

    private func wait(
        _ headers: [(name: String, value: String)] = [], body: JSONValue? = nil, message: String = "", now: Int? = now
    ) -> Int? {
        RetryAfter.milliseconds(head: .of(429, headers), body: body, message: message, now: now)
    }

    @Test func takesTheSourcesInOrder() {
        var headers: [(name: String, value: String)] = [
            ("Retry-After-Ms", "1500"), ("Retry-After", "3"), ("x-ratelimit-reset-tokens", "6m0s"),
            ("anthropic-ratelimit-tokens-remaining", "0"), ("anthropic-ratelimit-tokens-reset", "2026-08-19T14:34:32Z"),
        ]
        let retryInfo: JSONValue = ["error": ["details": [["reason": "x"], ["retryDelay": "34.4s"]]]]
        let quoted: JSONValue = [
            "error": ["metadata": ["headers": ["X-RateLimit-Reset": .string("\((Self.now + 5) * 1000)")]]]
        ]
        let message = "Please try again in 1m7.39s. Thanks"
        #expect(wait(headers, body: retryInfo, message: message) == 1500)
        headers.removeFirst()
        #expect(wait(headers, body: retryInfo, message: message) == 3000)
        headers.removeFirst()
        #expect(wait(headers, body: retryInfo, message: message) == 34_400)
        #expect(wait(headers, body: [retryInfo], message: message) == 34_400)
        #expect(wait(headers, body: quoted, message: message) == 5000)
        #expect(wait(headers, message: message) == 360_000)
        headers.removeFirst()
        #expect(wait(headers, message: message) == 10_000)
        #expect(wait(message: message) == 67_390)
        #expect(wait() == nil)
    }

    @Test func readsRetryAfter() {
        #expect(wait([("retry-after", "2")]) == 2000)
        #expect(wait([("retry-after", "0.25")]) == 250)
        #expect(wait([("retry-after", "Wed, 19 Aug 2026 14:34:32 GMT")]) == 10_000)
        #expect(wait([("retry-after", "Wed, 19 Aug 2026 14:34:12 GMT")]) == nil)
        #expect(wait([("retry-after", "-5")]) == nil)
        #expect(wait([("retry-after", "soon")]) == nil)
        #expect(wait([("retry-after-ms", "0"), ("retry-after", "1")]) == 1000)
        #expect(wait([("retry-after-ms", "12.1")]) == 13)
        #expect(wait([("retry-after", "99999999999999999999999")]) == WireTime.maximumMilliseconds)
    }

    @Test func takesTheTimeFromTheAnswerIfNeedBe() {
        let reset = ("retry-after", "Wed, 19 Aug 2026 14:34:32 GMT")
        #expect(wait([("Date", "Wed, 19 Aug 2026 14:34:22 GMT"), reset], now: nil) == 10_000)
        #expect(wait([reset], now: nil) == nil)
    }

    @Test func picksTheLimitThatRanOut() {
        let requests = ("x-ratelimit-reset-requests", "2m59.56s")
        let tokens = ("x-ratelimit-reset-tokens", "120ms")
        #expect(wait([requests, tokens]) == nil)
        #expect(wait([requests, tokens], message: "try again in 2s") == 2000)
        #expect(wait([requests, tokens, ("x-ratelimit-remaining-requests", "0")]) == 179_560)
        #expect(wait([requests, tokens, ("x-ratelimit-remaining-tokens", "0")]) == 120)
        #expect(wait([requests, tokens], body: ["error": ["type": "tokens"]]) == 120)
        #expect(wait([requests, tokens], body: ["error": ["type": "requests"]]) == 179_560)
        #expect(wait([requests]) == 179_560)
    }

    @Test(arguments: [
        ("8ms", 8), ("120ms", 120), ("8.64s", 8640), ("1m12s", 72_000), ("6m0s", 360_000), ("2h0m0s", 7_200_000),
        ("36m25s", 2_185_000), ("1h25m3s", 5_103_000), ("20 seconds", 20_000), ("1 minute", 60_000),
        ("34.074824224s", 34_075), ("0s", 0), ("1d", 86_400_000),
    ])
    func readsDurations(_ text: String, _ milliseconds: Int) {
        #expect(WireTime.duration(text) == milliseconds)
    }

    @Test(arguments: ["", "5", "s", "x5s", "-5s", "1.2.3s", "five seconds"])
    func refusesDurations(_ text: String) { #expect(WireTime.duration(text) == nil) }

    @Test func boundsDurations() {
        #expect(WireTime.duration("99999999999999999999999h") == WireTime.maximumMilliseconds)
        let many = String(repeating: "99999999h", count: 50)
        #expect(WireTime.duration(many) == WireTime.maximumMilliseconds)
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199), ("Fri, 01 Mar 2024 00:00:00 UTC", 1_709_251_200),
        ] as [(String, Int?)]
            + [
                "", "yesterday", "Wed, 19 Foo 2026 14:34:22 GMT", "Wed, 40 Aug 2026 14:34:22 GMT",
                "Wed, 19 Aug 2026 24:00:00 GMT", "Wed, 19 Aug 2026 14:34 GMT", "Wed, 19 Aug 99999 14:34:22 GMT",
            ].map { ($0, nil) })
    func readsHTTPDates(_ text: String, _ seconds: Int?) { #expect(WireTime.httpDate(text) == seconds) }

    @Test(
        arguments: [
            ("2026-08-19T14:34:22Z", 1_787_150_062), ("2026-08-19T14:34:22.123456Z", 1_787_150_062),
            ("2026-08-19t16:34:22+02:00", 1_787_150_062), ("2026-08-19 09:04:22-05:30", 1_787_150_062),
        ] as [(String, Int?)]
            + ["2026-08-19", "2026-08-19T14:34:22", "2026-13-19T14:34:22Z", "T", "2026-08-19T14:34:22+99:00"].map {
                ($0, nil)
            })
    func readsRFC3339(_ text: String, _ seconds: Int?) { #expect(WireTime.rfc3339(text) == seconds) }

    @Test(arguments: 0..<100)
    func survivesAnything(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let texts = ["2026-08-19T14:34:22.5+02:00", "Wed, 19 Aug 2026 14:34:22 GMT", "1h25m3.25s", "try again in 9s"]
        for text in texts {
            let damaged = String(decoding: Mutation.of(Array(text.utf8), using: &generator), as: UTF8.self)
            let wait = wait([("retry-after", damaged), ("x-ratelimit-reset-tokens", damaged)], message: damaged)
            #expect((wait ?? 0) >= 0)
            _ = WireTime.rfc3339(damaged)
        }
    }
}
