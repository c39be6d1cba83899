import Dialects
import Testing
import WireJSON

/// Every recorded error of the providers that speak OpenAI's format.
@Suite struct CoreOpenAIErrorFixtureTests {
    private static let expected: [String: FailureClass] = [
        "azure/error-429-retry-after": .rateLimit,
        "groq/error-400-model-decommissioned": .modelNotFound,
        "groq/error-400-tool-required-not-called": .modelFailure,
        "groq/error-401-invalid-api-key": .auth,
        "groq/error-404-model": .modelNotFound,
        "groq/error-404-model-2": .modelNotFound,
        "groq/error-413-request-too-large": .tooLarge,
        "groq/error-429-requests-per-minute": .rateLimit,
        "ollama/error-401": .auth,
        "ollama/error-404-model-not-found": .modelNotFound,
        "openai/error-400-audio-format": .badRequest,
        "openai/error-400-context-length-exceeded": .contextLength,
        "openai/error-400-image-download-failed": .badRequest,
        "openai/error-400-max-tokens-not-supported-chat": .unsupportedParameter,
        "openai/error-400-missing-messages": .badRequest,
        "openai/error-400-temperature-unsupported": .unsupportedParameter,
        "openai/error-400-web-search-unsupported": .unsupportedParameter,
        "openai/error-401-invalid-api-key": .auth,
        "openai/error-401-invalid-api-key-2": .auth,
        "openai/error-429-credit-balance-exhausted": .billing,
        "openai/error-429-insufficient-quota": .billing,
        "openai/error-500-server-error": .server,
        "openai/error-503-server-overloaded": .overloaded,
        "openai/error-completions-400": .badRequest,
        "openai/error-embeddings-400": .badRequest,
        "openrouter/error-400-context-length": .contextLength,
        "openrouter/error-401-missing-auth": .auth,
        "openrouter/error-402-insufficient-credits": .billing,
        "openrouter/error-402-limit-source": .billing,
        "openrouter/error-429-upstream": .rateLimit,
        "openrouter/error-object-in-200-body": .server,
    ]

    private static let fixtures = Fixture.all("openai", "azure", "groq", "openrouter", "ollama") {
        $0.status >= 400 || $0.name.hasPrefix("error-")
    }

    private func failure(_ fixture: Fixture) throws -> ProviderFailure {
        let kind = ProviderKind(rawValue: fixture.provider) ?? .openaiCompatible
        return ProviderFailure(openAIShaped: try #require(fixture.response), head: fixture.head, kind: kind)
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: fixtures)
    func classifies(_ fixture: Fixture) throws {
        let failure = try failure(fixture)
        #expect(failure.failureClass == Self.expected[fixture.testDescription], "\(failure)")
        #expect(failure.upstreamStatus == fixture.status)
        #expect(!failure.message.isEmpty)
        for secret in ["SCRUBBED", "invalid-key."] { #expect(!failure.message.contains(secret)) }
        let error = WireError(failure)
        #expect(OpenAIAnswerCheck.envelopeProblems(in: error.encoded()) == [])
    }

    @Test(.enabled(if: Fixture.areAvailable))
    func readsParamsAndWaits() throws {
        let audio = try failure(.named("openai/error-400-audio-format"))
        #expect(audio.param == "messages[3]")
        #expect(audio.code == "invalid_value")
        #expect(try failure(.named("openai/error-400-temperature-unsupported")).param == "temperature")
        #expect(try failure(.named("azure/error-429-retry-after")).retryAfterMilliseconds == 1000)
        #expect(try failure(.named("groq/error-429-requests-per-minute")).retryAfterMilliseconds == 2000)
        #expect(try failure(.named("openrouter/error-429-upstream")).message.contains("temporarily rate-limited"))
    }

    @Test(
        .enabled(if: Fixture.areAvailable),
        arguments: [
            ("groq/stream-error-tool-use-failed", FailureClass.modelFailure),
            ("openai/stream-error-mid-stream", .server),
            ("openrouter/stream-error-token-limit", .badRequest),
        ])
    func classifiesErrorsInStreams(_ name: String, _ expected: FailureClass) throws {
        let fixture = try Fixture.named(name)
        let text = String(decoding: try #require(fixture.response), as: UTF8.self)
        let errors = text.split(separator: "\n").compactMap { line -> JSONValue? in
            guard line.hasPrefix("data: {") else { return nil }
            let value = try? JSONValue(parsing: String(line.dropFirst(6)))
            return value?["error"] == nil ? nil : value
        }
        let value = try #require(errors.first)
        #expect(
            ProviderFailure(openAIError: value, status: 200, head: fixture.head, kind: .openai).failureClass == expected
        )
    }
}
