import Dialects
import Testing
import WireJSON

@Suite struct GeminiErrorTests {
    private static func failure(
        _ status: Int, _ code: String, _ message: String = "Message.", details: [JSONValue] = [],
        inBrackets: Bool = false
    ) throws -> ProviderFailure {
        let error: JSONValue = [
            "error": [
                "code": .number(JSONNumber(status)), "message": .string(message), "status": .string(code),
                "details": .array(details),
            ]
        ]
        return try #require(GeminiCase.translate(inBrackets ? [error] : error, status: status).failure)
    }

    private static func quota(_ id: String, delay: String? = nil) -> [JSONValue] {
        var details: [JSONValue] = [
            ["@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [["quotaId": .string(id)]]]
        ]
        if let delay {
            details.append(["@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": .string(delay)])
        }
        return details
    }

    @Test(arguments: [
        (400, "INVALID_ARGUMENT", FailureClass.badRequest), (400, "FAILED_PRECONDITION", .billing),
        (401, "UNAUTHENTICATED", .auth), (403, "PERMISSION_DENIED", .auth), (402, "RESOURCE_EXHAUSTED", .billing),
        (404, "NOT_FOUND", .modelNotFound), (413, "", .tooLarge), (429, "RESOURCE_EXHAUSTED", .rateLimit),
        (499, "CANCELLED", .server), (500, "INTERNAL", .server), (502, "", .server), (503, "UNAVAILABLE", .overloaded),
        (504, "DEADLINE_EXCEEDED", .server), (409, "ABORTED", .server),
    ])
    func statuses(status: Int, code: String, expected: FailureClass) throws {
        for inBrackets in [false, true] {
            let failure = try Self.failure(status, code, inBrackets: inBrackets)
            #expect(failure.failureClass == expected)
            #expect(failure.upstreamStatus == status)
            #expect(failure.code == code)
            #expect(failure.message == "Message.")
        }
    }

    @Test func aBadKeyIsA400() throws {
        let details: [JSONValue] = [["reason": "API_KEY_INVALID", "domain": "googleapis.com"]]
        #expect(try Self.failure(400, "INVALID_ARGUMENT", details: details).failureClass == .auth)
        #expect(
            try Self.failure(400, "INVALID_ARGUMENT", "API key not valid.").failureClass
                == .auth)
    }

    @Test(arguments: [
        (
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            FailureClass.contextLength
        ),
        ("Request payload size exceeds the limit: 20971520 bytes.", .tooLarge),
        ("Something else is wrong.", .badRequest),
    ])
    func badRequestsByText(message: String, expected: FailureClass) throws {
        #expect(try Self.failure(400, "INVALID_ARGUMENT", message).failureClass == expected)
    }

    @Test func fieldsAreNamed() throws {
        let details: [JSONValue] = [
            [
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [["field": "generation_config.seed", "description": "x"]],
            ]
        ]
        #expect(try Self.failure(400, "INVALID_ARGUMENT", details: details).param == "generation_config.seed")
    }

    @Test(
        arguments: [
            ("GenerateContentPaidTierInputTokensPerModelPerMinute", "48s", .rateLimit, 48000),
            ("GenerateRequestsPerMinutePerProjectPerModel", "34.4s", .rateLimit, 34400),
            ("GenerateRequestsPerMinutePerProjectPerModel", "3600s", .rateLimitLong, 3_600_000),
            ("GenerateRequestsPerMinutePerProjectPerModel", nil, .rateLimit, nil),
            // The delay of a daily limit means nothing.
            ("GenerateRequestsPerDayPerProjectPerModel-FreeTier", "22s", .rateLimitLong, nil),
        ] as [(String, String?, FailureClass, Int?)])
    func quotas(id: String, delay: String?, expected: FailureClass, wait: Int?) throws {
        let failure = try Self.failure(429, "RESOURCE_EXHAUSTED", details: Self.quota(id, delay: delay))
        #expect(failure.failureClass == expected)
        #expect(failure.retryAfterMilliseconds == wait)
    }

    @Test(arguments: [
        (
            "Quota exceeded for metric: m, limit: 0, model: gemini-2.5-pro\nPlease retry in 5s.",
            FailureClass.rateLimitLong
        ),
        ("Quota exceeded for metric: m, limit: 0\nPlease retry in 5s.", .rateLimitLong),
        ("Quota exceeded for metric: m, limit: 0", .rateLimitLong), ("Quota exceeded, limit: 05, x", .rateLimit),
    ])
    func quotaOfZero(message: String, expected: FailureClass) throws {
        let details = Self.quota("GenerateRequestsPerMinute", delay: "5s")
        let failure = try Self.failure(429, "RESOURCE_EXHAUSTED", message, details: details)
        #expect(failure.failureClass == expected)
    }

    @Test func secretsAreMasked() throws {
        let key = "AIza" + "SyA1234567890abcdefghijklmnopqrstuv"
        let failure = try Self.failure(403, "PERMISSION_DENIED", "Consumer 'api_key:\(key)' has been suspended.")
        #expect(!failure.message.contains(key))
    }

    @Test(arguments: ["", "<html>Bad gateway</html>", "{}", "null", "[]", #"{"error":"down"}"#])
    func errorsOfWhatStandsInFront(body: String) throws {
        let head = AnswerHead.of(502, [("content-type", "text/html")])
        let failure = try #require(
            GeminiCase.dialect.translate(Array(body.utf8), head: head, plan: GeminiCase.plan()).failure)
        #expect(failure.failureClass == .server)
        #expect(failure.upstreamStatus == 502)
        #expect(!failure.message.isEmpty)
    }

    @Test func anErrorInsideA200() throws {
        let error: JSONValue = ["error": ["code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"]]
        let failure = GeminiCase.translate(error).failure
        #expect(failure?.failureClass == .rateLimit)
        #expect(failure?.upstreamStatus == 200)
        #expect(GeminiCase.translate(["error": ["message": "?"]]).failure?.failureClass == .server)
        #expect(GeminiCase.translate([error]).failure?.failureClass == .rateLimit)
    }
}
