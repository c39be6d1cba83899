import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: errors")
struct AnthropicErrorTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let status: Int
        let type: String
        let message: String
        let failureClass: FailureClass
        var testDescription: String { "\(status) \(type): \(message)" }

        init(_ status: Int, _ type: String, _ message: String, _ failureClass: FailureClass) {
            self.status = status
            self.type = type
            self.message = message
            self.failureClass = failureClass
        }
    }

    private func failure(
        _ status: Int, _ error: JSONValue, headers: [(name: String, value: String)] = []
    ) throws -> ProviderFailure {
        let body: JSONValue = ["type": "error", "error": error, "request_id": "req_1"]
        let head = AnswerHead.of(status, headers)
        let outcome = Case.dialect.translate(body.bytes, head: head, plan: Case.plan())
        return try #require(outcome.failure)
    }

    static let samples: [Sample] = [
        Sample(400, "invalid_request_error", "messages: roles must alternate", .badRequest),
        Sample(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", .contextLength),
        Sample(
            400, "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000", .contextLength),
        Sample(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", .billing),
        Sample(400, "invalid_request_error", "You have reached your specified API usage limits.", .billing),
        Sample(400, "invalid_request_error", "This organization has been disabled.", .auth),
        Sample(400, "invalid_request_error", "Output blocked by content filtering policy", .moderation),
        Sample(
            400, "invalid_request_error", "This model does not support effort level 'xhigh'.", .unsupportedParameter),
        Sample(400, "invalid_request_error", "temperature: Extra inputs are not permitted", .unsupportedParameter),
        Sample(
            400, "invalid_request_error", "`temperature` and `top_p` cannot both be specified for this model.",
            .unsupportedParameter),
        Sample(401, "authentication_error", "invalid x-api-key", .auth),
        Sample(402, "billing_error", "Pay.", .billing),
        Sample(403, "permission_error", "Your API key does not have permission to use the resource.", .auth),
        Sample(403, "permission_error", "Your workspace may not use this model.", .modelNotFound),
        Sample(404, "not_found_error", "model: claude-x", .modelNotFound),
        Sample(409, "conflict_error", "Conflict", .server),
        Sample(413, "request_too_large", "Request exceeds the maximum size", .tooLarge),
        Sample(429, "rate_limit_error", "This request would exceed your rate limit.", .rateLimit),
        Sample(500, "api_error", "Internal server error", .server),
        Sample(504, "timeout_error", "Timed out", .server),
        Sample(529, "overloaded_error", "Overloaded", .overloaded),
        // Inside a 200 the type alone speaks.
        Sample(200, "overloaded_error", "Overloaded", .overloaded),
        Sample(200, "rate_limit_error", "Slow down", .rateLimit),
        Sample(200, "invalid_request_error", "x", .badRequest),
        Sample(200, "new_error", "x", .server),
        // Proxies invent types.
        Sample(429, "new_error", "x", .rateLimit),
        Sample(429, "invalid_request_error", "x", .rateLimit),
        Sample(529, "api_error", "x", .overloaded),
        Sample(503, "", "x", .overloaded),
    ]

    @Test(arguments: samples)
    func areClassified(_ sample: Sample) throws {
        let failure = try failure(
            sample.status, ["type": .string(sample.type), "message": .string(sample.message), "details": nil])
        #expect(failure.failureClass == sample.failureClass)
        #expect(failure.upstreamStatus == sample.status)
        #expect(failure.message == sample.message)
        #expect(failure.code == (sample.type.isEmpty ? nil : sample.type))
    }

    @Test func detailsDecideOverTheStatus() throws {
        let spent = try failure(
            429,
            [
                "type": "rate_limit_error", "message": "Threshold.",
                "details": ["error_code": "enforced_spend_limit_reached"],
            ], headers: [("retry-after", "10")])
        #expect(spent.failureClass == .billing)
        #expect(spent.code == "enforced_spend_limit_reached")
        #expect(spent.retryAfterMilliseconds == nil)
        let ramp = try failure(
            429,
            ["type": "rate_limit_error", "message": "Ramp.", "details": ["error_code": "ramp_limit_exceeded"]],
            headers: [("retry-after", "10")])
        #expect(ramp.failureClass == .rateLimit)
        #expect(ramp.retryAfterMilliseconds == 10_000)
    }

    @Test func waits() throws {
        let error: JSONValue = ["type": "rate_limit_error", "message": "Slow down."]
        let long = try failure(429, error, headers: [("Retry-After", "3600")])
        #expect(long.failureClass == .rateLimitLong)
        #expect(long.retryAfterMilliseconds == 3_600_000)
        let reset = try failure(
            429, error,
            headers: [
                ("date", "Wed, 19 Aug 2026 14:34:22 GMT"), ("anthropic-ratelimit-requests-remaining", "0"),
                ("anthropic-ratelimit-requests-reset", "2026-08-19T14:34:52Z"),
                ("anthropic-ratelimit-tokens-remaining", "100"),
                ("anthropic-ratelimit-tokens-reset", "2026-08-19T15:34:52Z"),
            ])
        #expect(reset.failureClass == .rateLimit)
        #expect(reset.retryAfterMilliseconds == 30_000)
        #expect(try failure(429, error).retryAfterMilliseconds == nil)
        #expect(
            try failure(400, ["type": "invalid_request_error", "message": "x"], headers: [("retry-after", "3")])
                .retryAfterMilliseconds == nil)
    }

    @Test(
        arguments: [
            ("messages.1.content.0: bad", "messages"), ("max_tokens: 0 is too small", "max_tokens"),
            ("tools.0.custom.input_schema.type: Field required", "tools"),
            ("tool_choice.type: bad", "tool_choice"), ("thinking.budget_tokens: too small", "reasoning_effort"),
            ("output_config.format.schema: bad", "response_format"), ("`top_k` is bad", "top_k"),
            ("stop_sequences: each must contain non-whitespace", "stop"), ("metadata.user_id: bad", "user"),
            ("This model does not support effort level 'x'.", "reasoning_effort"), ("Bad Request", nil),
        ] as [(String, String?)])
    func theClientsMemberIsNamed(_ message: String, _ param: String?) throws {
        let failure = try failure(400, ["type": "invalid_request_error", "message": .string(message)])
        #expect(failure.param == param)
    }

    @Test func secretsAreMasked() throws {
        let failure = try failure(
            401, ["type": "authentication_error", "message": "invalid x-api-key: sk-ant-api03-abcdefghijkl"])
        #expect(!failure.message.contains("abcdefghijkl"))
    }

    @Test(arguments: [
        (502, "<html>Bad gateway</html>", FailureClass.server), (503, "", .overloaded), (529, "", .overloaded),
        (429, "slow down", .rateLimit), (401, "{}", .auth), (413, "[]", .tooLarge),
        (400, "{\"error\":null}", .badRequest),
        (500, "{\"error\":\"boom\"}", .server), (404, "{\"message\":\"x\"}", .modelNotFound),
    ])
    func otherBodiesAreClassifiedByStatus(_ status: Int, _ body: String, _ failureClass: FailureClass) {
        let outcome = Case.dialect.translate(Array(body.utf8), head: .of(status), plan: Case.plan())
        #expect(outcome.failure?.failureClass == failureClass)
        #expect(outcome.failure?.message.isEmpty == false)
    }
}
