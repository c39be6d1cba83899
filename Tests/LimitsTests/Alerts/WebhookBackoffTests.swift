import Testing

@testable import Limits

@Suite struct WebhookBackoffTests {
    @Test(arguments: [(1, 4000...6000), (2, 12_000...18_000), (5, 324_000...486_000), (9, 972_000...1_458_000)])
    func waitsGrow(attempt: Int, range: ClosedRange<Int>) {
        var random = SplitMix64(seed: UInt64(attempt))
        let delays = (0..<200).map { _ in WebhookBackoff.delay(after: attempt, using: &random) }
        #expect(delays.allSatisfy { range.contains($0) })
        // Spread over most of the range.
        let spread = (delays.max() ?? 0) - (delays.min() ?? 0)
        #expect(spread > (range.upperBound - range.lowerBound) * 3 / 4)
    }

    @Test func sixAttemptsTakeAboutTenMinutes() {
        var random = SplitMix64(seed: 1)
        let total = (1..<WebhookBackoff.attempts)
            .reduce(0) { $0 + WebhookBackoff.delay(after: $1, using: &random) }
        #expect(WebhookBackoff.attempts == 6)
        #expect((480_000...730_000).contains(total))
    }

    @Test func theSignatureIsWhatReceiversCompute() {
        // printf '1749643200.{"a":1}' | openssl dgst -sha256 -hmac secret
        #expect(
            WebhookSignature.header(
                timestamp: "1749643200", body: Array(#"{"a":1}"#.utf8), secret: Array("secret".utf8))
                == "sha256=a298ffb88ce3d3e645af5083460ddf78c1e5205d0f0a1577b87c044907074648")
        // The first half of the SHA-256 example of FIPS 180-4.
        #expect(WebhookSignature.digest("abc") == "ba7816bf8f01cfea414140de5dae2223")
    }
}
