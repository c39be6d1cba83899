import Identity
import Storage
import Testing

@Suite struct AuthenticationFailureTests {
    private static let reasons: [AuthenticationFailure.Reason] = [
        .missing, .malformed, .unknownKey, .expired(at: Timestamp(seconds: 0)), .revoked, .tenantRemoved,
        .notYetValid(from: Timestamp(seconds: 0)), .unknownIssuer, .wrongAudience, .unsupportedAlgorithm,
        .unknownSigningKey, .badSignature, .missingClaim("tenant"), .invalidClaim("tenant"), .unavailable, .overloaded,
    ]

    @Test func labelsAreDistinctAndPlain() {
        let labels = Self.reasons.map { AuthenticationFailure($0).label }
        #expect(Set(labels).count == labels.count)
        for label in labels {
            #expect(label.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F })
        }
        #expect(AuthenticationFailure(.missingClaim("a")).label == AuthenticationFailure(.missingClaim("b")).label)
    }

    @Test func onlyOurOwnTroubleAsksToRetry() {
        for reason in Self.reasons {
            let failure = AuthenticationFailure(reason)
            let infrastructure = reason == .unavailable || reason == .overloaded
            #expect(failure.isInfrastructure == infrastructure)
            #expect((failure.retryAfterSeconds != nil) == infrastructure)
            #expect(!failure.message.isEmpty)
        }
    }

    @Test func messagesShowTheMaskOnly() {
        let failure = AuthenticationFailure(
            .unknownKey, maskedToken: TokenMask.mask("mk-aaaabbbbccccddddeeee-xyz9".utf8))
        #expect(failure.message == "Incorrect API key provided: mk-…xyz9.")
        #expect(AuthenticationFailure(.unknownKey).message == "Incorrect API key provided.")
    }

    @Test(arguments: [
        ("", "…"), ("short", "…"), ("exactly-nineteen-ch", "…"), ("exactly-twenty-chars", "exa…hars"),
        ("with a space in the middle of it", "…"), ("control\u{7}character-in-the-middle", "…"),
        ("ünïcödé-ünïcödé-ünïcödé", "…"),
    ])
    func masksNeverShowMuch(token: String, expected: String) {
        #expect(TokenMask.mask(token.utf8) == expected)
    }
}
