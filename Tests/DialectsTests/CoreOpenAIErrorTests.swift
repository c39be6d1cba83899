import Dialects
import Testing
import WireJSON

/// Errors in OpenAI's shape and its dialects: by what they say, then by status.
@Suite struct CoreOpenAIErrorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var status: Int
        var body: String
        var failureClass: FailureClass
        var headers: String

        var testDescription: String { "\(status) \(failureClass.rawValue) \(body.prefix(90))" }

        init(_ status: Int, _ failureClass: FailureClass, _ body: String, headers: String = "") {
            self.status = status
            self.failureClass = failureClass
            self.body = body
            self.headers = headers
        }

        /// `{"error":{…}}` with these members.
        static func error(_ status: Int, _ failureClass: FailureClass, _ members: String) -> Case {
            Case(status, failureClass, #"{"error":{\#(members)}}"#)
        }

        var failure: ProviderFailure {
            ProviderFailure(
                openAIShaped: Array(body.utf8), head: AnswerHead(status: status, rawHeaders: Array(headers.utf8)),
                kind: .openaiCompatible)
        }
    }

    @Test(arguments: [
        Case.error(
            400, .badRequest,
            #""message":"bad","type":"invalid_request_error","param":"messages","code":"invalid_value""#),
        .error(422, .badRequest, #""message":"bad""#),
        .error(400, .contextLength, #""message":"x","code":"context_length_exceeded""#),
        .error(400, .contextLength, #""message":"This model's maximum context length is 8192 tokens.""#),
        .error(
            400, .contextLength,
            #""message":"prompt too long; exceeded max context length by 7 tokens","type":"invalid_request_error""#),
        .error(
            500, .contextLength,
            #""message":"the request exceeds the available context size","type":"exceed_context_size_error""#),
        .error(
            400, .unsupportedParameter,
            #""message":"Unsupported value: 'temperature'","param":"temperature","code":"unsupported_value""#),
        .error(400, .unsupportedParameter, #""message":"Unknown parameter: 'x'.","code":"unknown_parameter""#),
        .error(
            400, .unsupportedParameter,
            #""message":"property 'messages.0.name' is unsupported","type":"invalid_request_error""#),
        .error(400, .unsupportedParameter, #""message":"`logprobs` is not supported with this model""#),
        .error(401, .auth, #""message":"Unauthorized","type":"api_error""#),
        .error(403, .auth, #""message":"You are not allowed","type":"invalid_request_error""#),
        .error(400, .auth, #""message":"x","code":"invalid_api_key""#),
        .error(402, .billing, #""message":"Insufficient credits","code":402"#),
        .error(
            429, .billing, #""message":"You exceeded your current quota, please check","type":"insufficient_quota""#),
        .error(429, .billing, #""message":"x","code":"project_spend_limit_exceeded""#),
        .error(400, .billing, #""message":"x","code":"billing_hard_limit_reached""#),
        .error(403, .billing, #""message":"Key limit exceeded (total limit)","code":403"#),
        .error(404, .modelNotFound, #""message":"x","code":"model_not_found""#),
        .error(400, .modelNotFound, #""message":"x","code":"model_decommissioned""#),
        .error(400, .modelNotFound, #""message":"foo/bar is not a valid model ID","code":400"#),
        .error(404, .modelNotFound, #""message":"No endpoints found for x/y.","code":404"#),
        .error(404, .modelNotFound, #""code":"DeploymentNotFound","message":"The API deployment does not exist""#),
        .error(403, .moderation, #""message":"m","code":403,"metadata":{"reasons":["violence"],"flagged_input":"…"}"#),
        .error(
            400, .moderation,
            #""message":"filtered","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}"#),
        .error(400, .moderation, #""message":"x","metadata":{"error_type":"content_policy_violation"}"#),
        .error(429, .rateLimit, #""message":"slow","type":"requests","code":"rate_limit_exceeded""#),
        .error(429, .rateLimit, #""code":"RateLimitReached","message":"exceeded rate limit.""#),
        .error(
            429, .rateLimit, #""message":"Limit reached … (TPM): Limit 1. Please try again in 11.19s.","type":"tokens""#
        ),
        .error(
            429, .rateLimitLong,
            #""message":"Rate limit … on tokens per day (TPD). Please try again in 11.19s.","type":"tokens""#),
        .error(429, .rateLimitLong, #""message":"Please try again in 1m7.39s.","type":"tokens""#),
        .error(429, .rateLimitLong, #""message":"Rate limit exceeded: free-models-per-day. ","code":429"#),
        .error(
            429, .rateLimitLong, #""message":"x","code":429,"metadata":{"limit_source":"openrouter_free_tier_daily"}"#),
        .error(402, .rateLimit, #""message":"x","code":402,"metadata":{"limit_source":"openrouter_in_flight_budget"}"#),
        .error(
            413, .tooLarge, #""message":"Request too large for model","type":"tokens","code":"rate_limit_exceeded""#),
        .error(
            429, .tooLarge,
            #""message":"Request too large for gpt-4o … on tokens per min","type":"tokens","code":"rate_limit_exceeded""#
        ),
        .error(503, .overloaded, #""message":"x","code":"server_is_overloaded","type":"service_unavailable_error""#),
        .error(500, .overloaded, #""message":"The engine is currently overloaded, please try again later""#),
        .error(498, .overloaded, #""message":"x","code":"capacity_exceeded""#),
        .error(503, .overloaded, #""message":"No available model provider","code":503"#),
        .error(500, .server, #""message":"x","type":"server_error""#),
        .error(502, .server, #""message":"x","code":502"#), .error(524, .server, #""message":"x""#),
        .error(409, .server, #""message":"conflict""#), .error(408, .timeout, #""message":"Timed out","code":408"#),
        .error(400, .modelFailure, #""message":"x","code":"tool_use_failed","failed_generation":"…""#),
        .error(400, .modelFailure, #""message":"Failed to generate JSON.","code":"json_validate_failed""#),
        .error(
            200, .server, #""message":"Provider returned error","code":502,"metadata":{"raw":"upstream connect error"}"#
        ),
        .error(200, .rateLimit, #""message":"x","code":"429""#),
        .error(200, .badRequest, #""message":"x","type":"invalid_request_error""#),
        .error(200, .modelFailure, #""message":"x","code":"tool_use_failed","status_code":400"#),
        .error(
            200, .contextLength,
            #""message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"maximum context length is 5\"}}"}"#
        ),
        .error(200, .server, #""message":"boom""#),
    ])
    func classifies(_ test: Case) {
        #expect(test.failure.failureClass == test.failureClass)
        #expect(test.failure.upstreamStatus == test.status)
    }

    @Test(arguments: [
        Case(404, .modelNotFound, #"{"error":"model 'x' not found"}"#),
        Case(400, .badRequest, #"[{"error":{"message":"wrapped","code":"x"}}]"#),
        Case(
            404, .modelNotFound,
            #"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}"#
        ),
        Case(
            422, .badRequest,
            #"{"detail":[{"loc":["body","messages",0,"role"],"msg":"field required","type":"missing"}]}"#),
        Case(401, .auth, #"{"detail":"Unauthorized"}"#),
        Case(500, .server, "Internal Server Error"),
        Case(502, .server, "<html><body>502 Bad Gateway</body></html>"), Case(503, .overloaded, ""),
        Case(429, .rateLimit, "too many"), Case(429, .rateLimitLong, "", headers: "retry-after: 3600\r\n"),
        Case(400, .badRequest, #"{"unexpected":true}"#), Case(400, .badRequest, "[]"),
        Case(400, .badRequest, "\u{0}\u{1}"),
        Case(413, .tooLarge, "<html>413 Request Entity Too Large</html>"),
    ])
    func readsEveryShape(_ test: Case) {
        let failure = test.failure
        #expect(failure.failureClass == test.failureClass)
        #expect(!failure.message.isEmpty)
        #expect(!failure.message.contains("<"))
        #expect(failure.message.utf8.count < 200)
    }

    @Test func quotesWhatTheProviderSaid() {
        #expect(Case(404, .server, #"{"error":"model 'x' not found"}"#).failure.message == "model 'x' not found")
        #expect(Case(500, .server, " Internal \n Server Error ").failure.message == "Internal Server Error")
        let detail = Case(
            422, .server, #"{"detail":[{"loc":["body","messages",0],"msg":"field required"},{"msg":"b"}]}"#
        ).failure
        #expect(detail.message == "field required; b")
        #expect(detail.param == "messages.0")
        let upstream = Case.error(
            429, .server, #""message":"Provider returned error","metadata":{"raw":"busy, sk-abcd1234"}"#
        ).failure
        #expect(upstream.message == "Provider returned error: busy, sk-***")
        let coded = Case.error(400, .server, #""message":"m","type":"t","code":400,"param":"p""#).failure
        #expect(coded.code == "400")
        #expect(coded.param == "p")
        #expect(Case.error(400, .server, #""message":"m","type":"t","code":null"#).failure.code == "t")
    }

    @Test func findsTheParameterToRepair() {
        func param(_ members: String) -> String? { Case.error(400, .server, members).failure.param }
        #expect(
            param(#""message":"Unsupported parameter: 'max_tokens' is not supported","param":null"#) == "max_tokens")
        #expect(param(#""message":"`logprobs` is not supported with this model""#) == "logprobs")
        #expect(param(#""message":"property 'messages.0.name' is unsupported""#) == "messages.0.name")
        #expect(param(#""message":"Unsupported parameter: it's not this one, it's that""#) == nil)
        #expect(param(#""message":"Unsupported parameter","param":"seed""#) == "seed")
        #expect(param(#""message":"The model 'x' is bad""#) == nil)
    }

    @Test func readsTheWait() {
        let limit = Case(429, .rateLimit, #"{"error":{"message":"Please try again in 1.78s."}}"#)
        #expect(limit.failure.retryAfterMilliseconds == 1780)
        let header = Case(429, .rateLimit, #"{"error":{"message":"m"}}"#, headers: "Retry-After: 7\r\n")
        #expect(header.failure.retryAfterMilliseconds == 7000)
        #expect(Case(500, .server, "x").failure.retryAfterMilliseconds == nil)
    }

    @Test func readsErrorsInsideStreams() throws {
        let value = try JSONValue(
            parsing: #"{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}"#)
        let failure = ProviderFailure(openAIError: value, status: 200, head: nil, kind: .openai)
        #expect(failure.failureClass == .server)
        #expect(failure.upstreamStatus == 200)
        let bare = ProviderFailure(openAIError: value["error"] ?? nil, status: 200, head: nil, kind: .openai)
        #expect(bare == failure)
        let nothing = ProviderFailure(openAIError: 5, status: 200, head: nil, kind: .openai)
        #expect(nothing.failureClass == .server)
        #expect(!nothing.message.isEmpty)
    }

    @Test func cutsLongMessages() {
        let long = String(repeating: "wörter ", count: 5000)
        let failure = Case.error(500, .server, #""message":"\#(long)""#).failure
        #expect(failure.message.utf8.count <= 1010)
        #expect(failure.message.hasSuffix("…"))
    }

    /// One character of many bytes: combining marks have no limit.
    @Test func cutsEndlessCharacters() {
        let bomb = "a" + String(repeating: "\u{301}", count: 100_000)
        let failure = Case.error(500, .server, #""message":"\#(bomb)""#).failure
        #expect(failure.message.utf8.count <= 1010)
        #expect(String(validating: Array(failure.message.utf8), as: UTF8.self) != nil)
    }

    @Test(arguments: 0..<60)
    func survivesDamage(_ seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        let body =
            #"[{"error":{"message":"Please try again in 1m2s 'x'","type":"t","code":429,"metadata":{"raw":"{\"error\":{\"message\":\"y\"}}","headers":{"X-RateLimit-Reset":"17"}}}}]"#
        for _ in 0..<50 {
            let damaged = Mutation.of(Array(body.utf8), using: &generator)
            let status = generator.pick([200, 400, 401, 429, 500, 503]) ?? 0
            let failure = ProviderFailure(openAIShaped: damaged, head: .of(status), kind: .openrouter, now: 5)
            #expect(failure.message.utf8.count < 2000)
            #expect(failure.upstreamStatus == status)
            #expect((failure.retryAfterMilliseconds ?? 1) > 0)
        }
    }
}
