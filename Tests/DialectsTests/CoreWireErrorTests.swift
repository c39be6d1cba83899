import Dialects
import Testing
import WireJSON

/// The envelope, its headers, and what a failed provider means to the client.
@Suite struct CoreWireErrorTests {
    @Test func writesAllFourMembers() {
        let error = WireError(status: 418, type: "t", message: "line\n\"quoted\"")
        #expect(
            String(decoding: error.encoded(), as: UTF8.self)
                == #"{"error":{"message":"line\n\"quoted\"","type":"t","param":null,"code":null}}"#)
        let full = WireError(status: 400, type: "t", code: "c", param: "messages[0]", message: "m")
        #expect(full.envelope["error"]?["param"]?.stringValue == "messages[0]")
        #expect(full.envelope["error"]?["code"]?.stringValue == "c")
        #expect(OpenAIAnswerCheck.envelopeProblems(in: full.encoded()) == [])
    }

    @Test func writesOneEventWithoutDone() {
        let frame = WireError(status: 502, type: "upstream_error", message: "x").sseFrame()
        #expect(
            String(decoding: frame, as: UTF8.self)
                == "data: {\"error\":{\"message\":\"x\",\"type\":\"upstream_error\",\"param\":null,\"code\":null}}\n\n")
    }

    @Test func writesRetryHeaders() {
        var error = WireError(status: 429, type: "requests", message: "x")
        #expect(error.headers.isEmpty)
        error.retryAfterMilliseconds = 1001
        error.shouldRetry = true
        #expect(error.headers.map(\.name) == ["retry-after", "retry-after-ms", "x-should-retry"])
        #expect(error.headers.map(\.value) == ["2", "1001", "true"])
        error.retryAfterMilliseconds = 1000
        error.shouldRetry = false
        #expect(error.headers.map(\.value) == ["1", "1000", "false"])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var failureClass: FailureClass
        var status: Int
        var type: String
        var code: String?
        var shouldRetry: Bool?
        var testDescription: String { failureClass.rawValue }
    }

    /// Contracts, section 4, third column.
    @Test(arguments: [
        Row(failureClass: .badRequest, status: 400, type: "invalid_request_error"),
        Row(failureClass: .contextLength, status: 400, type: "invalid_request_error", code: "context_length_exceeded"),
        Row(
            failureClass: .unsupportedParameter, status: 400, type: "invalid_request_error",
            code: "unsupported_parameter"),
        Row(failureClass: .auth, status: 502, type: "upstream_error", code: "provider_auth_error", shouldRetry: false),
        Row(
            failureClass: .billing, status: 503, type: "service_unavailable_error", code: "insufficient_quota",
            shouldRetry: false),
        Row(failureClass: .modelNotFound, status: 404, type: "invalid_request_error", code: "model_not_found"),
        Row(failureClass: .moderation, status: 400, type: "invalid_request_error", code: "content_filter"),
        Row(failureClass: .rateLimit, status: 429, type: "requests", code: "rate_limit_exceeded"),
        Row(
            failureClass: .rateLimitLong, status: 429, type: "requests", code: "rate_limit_exceeded", shouldRetry: false
        ),
        Row(failureClass: .tooLarge, status: 413, type: "invalid_request_error", code: "request_too_large"),
        Row(
            failureClass: .overloaded, status: 503, type: "service_unavailable_error", code: "server_is_overloaded",
            shouldRetry: false),
        Row(failureClass: .server, status: 502, type: "upstream_error", code: "provider_error", shouldRetry: false),
        Row(failureClass: .connection, status: 502, type: "upstream_error", code: "provider_error", shouldRetry: false),
        Row(failureClass: .timeout, status: 504, type: "timeout_error", code: "upstream_timeout", shouldRetry: false),
        Row(
            failureClass: .streamBroken, status: 502, type: "upstream_error", code: "provider_error", shouldRetry: false
        ),
        Row(
            failureClass: .modelFailure, status: 502, type: "upstream_error", code: "model_output_invalid",
            shouldRetry: false),
        Row(
            failureClass: .misconfigured, status: 502, type: "upstream_error", code: "provider_misconfigured",
            shouldRetry: false),
    ])
    func answersFailures(_ row: Row) {
        let error = WireError(ProviderFailure(row.failureClass, upstreamStatus: 500, message: ""))
        #expect(error.status == row.status)
        #expect(error.type == row.type)
        #expect(error.code == row.code)
        #expect(error.shouldRetry == row.shouldRetry)
        #expect(!error.message.isEmpty)
        #expect((error.retryAfterMilliseconds != nil) == (error.status == 429 || error.status == 503))
        #expect(OpenAIAnswerCheck.envelopeProblems(in: error.encoded()) == [])
        let quoted = WireError(ProviderFailure(row.failureClass, upstreamStatus: 500, message: "it says so"))
        let isOwn = row.failureClass == .auth || row.failureClass == .billing
        #expect((quoted.message == "it says so") == !isOwn, "own account's troubles stay inside")
    }

    @Test func everyClassIsTested() { #expect(FailureClass.allCases.count == 17) }

    @Test func keepsWaitsUseful() {
        func wait(_ milliseconds: Int?, _ failureClass: FailureClass) -> Int? {
            WireError(
                ProviderFailure(failureClass, upstreamStatus: 429, message: "", retryAfterMilliseconds: milliseconds)
            ).retryAfterMilliseconds
        }
        #expect(wait(1780, .rateLimit) == 1780)
        #expect(wait(nil, .rateLimit) == 1000)
        #expect(wait(0, .rateLimit) == 1)
        #expect(wait(36 * 3_600_000, .rateLimitLong) == 120_000)
        #expect(wait(nil, .rateLimitLong) == 120_000)
        #expect(wait(5000, .overloaded) == 5000)
        #expect(wait(5000, .server) == nil)
    }

    @Test func tellsTokensFromRequests() {
        func type(_ message: String) -> String {
            WireError(ProviderFailure(.rateLimit, upstreamStatus: 429, message: message)).type
        }
        #expect(type("Rate limit reached on tokens per min (TPM): Limit 1") == "tokens")
        #expect(type("Rate limit reached on requests per min (RPM): Limit 1") == "requests")
        #expect(type("slow down") == "requests")
    }

    @Test func passesOnTheProvidersCodeAndParam() {
        func error(_ code: String?) -> WireError {
            WireError(ProviderFailure(.badRequest, upstreamStatus: 400, message: "m", code: code, param: "messages[3]"))
        }
        #expect(error("invalid_value").code == "invalid_value")
        #expect(error("invalid_value").param == "messages[3]")
        #expect(error("invalid_request_error").code == nil)
        #expect(error("400").code == nil)
        #expect(error(nil).code == nil)
    }

    @Test func tenantsSeeTheTroubleWithTheirOwnKey() {
        let auth = WireError(ProviderFailure(.auth, upstreamStatus: 401, message: "bad key"), tenantOwnsKey: true)
        #expect(auth.status == 401)
        #expect(auth.code == "invalid_api_key")
        #expect(auth.message == "bad key")
        let money = WireError(ProviderFailure(.billing, upstreamStatus: 402, message: "no credit"), tenantOwnsKey: true)
        #expect(money.status == 429)
        #expect(money.type == "insufficient_quota")
        #expect(money.shouldRetry == false)
    }
}
