import Dialects
import Testing
import WireJSON

@Suite struct CoreTokenUsageTests {
    private func usage(_ json: String) throws -> TokenUsage? { TokenUsage(openAI: try JSONValue(parsing: json)) }

    private func expect(
        _ json: String, prompt: Int, cached: Int = 0, written: Int = 0, completion: Int, reasoning: Int = 0,
        total: Int? = nil, at location: SourceLocation = #_sourceLocation
    ) throws {
        let usage = try #require(try usage(json), sourceLocation: location)
        #expect(usage.prompt == prompt, sourceLocation: location)
        #expect(usage.cached == cached, sourceLocation: location)
        #expect(usage.cacheWrite == written, sourceLocation: location)
        #expect(usage.completion == completion, sourceLocation: location)
        #expect(usage.reasoning == reasoning, sourceLocation: location)
        #expect(usage.total == total ?? prompt + completion, sourceLocation: location)
        #expect(!usage.estimated, sourceLocation: location)
    }

    @Test func readsEveryVariant() throws {
        try expect(
            #"{"prompt_tokens":4020,"completion_tokens":4,"total_tokens":4024,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":4012},"completion_tokens_details":{"reasoning_tokens":3}}"#,
            prompt: 4020, cached: 8, written: 4012, completion: 4, reasoning: 3)
        try expect(
            #"{"input_tokens":255,"input_tokens_details":{"cached_tokens":5},"output_tokens":16,"output_tokens_details":{"reasoning_tokens":6},"total_tokens":271}"#,
            prompt: 255, cached: 5, completion: 16, reasoning: 6)
        try expect(#"{"prompt_tokens":7,"total_tokens":7}"#, prompt: 7, completion: 0)
        try expect(#"{"completion_tokens":3,"total_tokens":10}"#, prompt: 7, completion: 3)
        try expect(#"{"prompt_tokens":7,"completion_tokens":3,"prompt_tokens_details":null}"#, prompt: 7, completion: 3)
        try expect(#"{"total_tokens":9}"#, prompt: 9, completion: 0)
    }

    @Test func settlesContradictions() throws {
        // Azure's Grok: more cached than sent.
        try expect(
            #"{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":163}}"#,
            prompt: 7, cached: 7, completion: 1)
        try expect(
            #"{"prompt_tokens":10,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":6,"cache_write_tokens":9}}"#,
            prompt: 10, cached: 6, written: 4, completion: 1)
        // OpenRouter: more reasoning than completion.
        try expect(
            #"{"prompt_tokens":43,"completion_tokens":10,"total_tokens":53,"completion_tokens_details":{"reasoning_tokens":11}}"#,
            prompt: 43, completion: 10, reasoning: 10)
        // xAI: reasoning beside the completion.
        try expect(
            #"{"prompt_tokens":5,"completion_tokens":10,"total_tokens":115,"completion_tokens_details":{"reasoning_tokens":100}}"#,
            prompt: 5, completion: 110, reasoning: 100)
        try expect(
            #"{"prompt_tokens":-5,"completion_tokens":-1,"total_tokens":-6}"#, prompt: 0, completion: 0, total: 0)
        let most = TokenUsage.maximumTokens
        try expect(
            #"{"prompt_tokens":99999999999999999999999,"completion_tokens":1e300,"total_tokens":9223372036854775807}"#,
            prompt: most, completion: most, total: most)
        try expect(#"{"prompt_tokens":5.0,"completion_tokens":2.7}"#, prompt: 5, completion: 2)
    }

    @Test(arguments: ["{}", "null", "[]", "7", #"{"type":"duration","seconds":3}"#, #"{"prompt_tokens":"7"}"#])
    func findsNoUsage(_ json: String) throws { #expect(try usage(json) == nil) }

    @Test func readsGroqsOlderPlace() throws {
        let chunk = try JSONValue(
            parsing: #"{"x_groq":{"usage":{"prompt_tokens":3,"completion_tokens":4}},"usage":null}"#)
        #expect(TokenUsage(openAIAnswer: chunk)?.total == 7)
        let both = try JSONValue(
            parsing: #"{"x_groq":{"usage":{"prompt_tokens":3}},"usage":{"prompt_tokens":5,"completion_tokens":1}}"#)
        #expect(TokenUsage(openAIAnswer: both)?.prompt == 5)
        #expect(TokenUsage(openAIAnswer: ["choices": []]) == nil)
    }

    @Test(
        arguments: [
            ("0", 0), ("0.000971", 971_000), ("1.4e-07", 140), ("1.13e-05", 11_300), ("0.007637029", 7_637_029),
            ("0.0000000005", 1), ("0.00000000049", 0), ("1E1", 10_000_000_000), ("12", 12_000_000_000), ("1e-300", 0),
            ("1.5e-9", 2), ("999999", 999_999_000_000_000), ("1e300", 1_000_000_000_000_000),
            ("99999999999999999999", 1_000_000_000_000_000), ("0.1234567894", 123_456_789),
            ("0.1234567895", 123_456_790),
            ("10e-1", 1_000_000_000),
        ] as [(String, Int?)] + ["-0.5", "", "abc", "1e", "1e9999999999999999999", "1.2.3", "--1"].map { ($0, nil) })
    func readsDollarsExactly(_ text: String, _ nano: Int?) {
        #expect(TokenUsage.nanodollars(decimal: text) == nano)
    }

    @Test func readsOpenRoutersPrice() throws {
        #expect(try usage(#"{"prompt_tokens":1,"cost":0.000669}"#)?.costNanodollars == 669_000)
        #expect(try usage(#"{"prompt_tokens":1,"cost":0}"#)?.costNanodollars == 0)
        #expect(try usage(#"{"prompt_tokens":1,"cost":null}"#)?.costNanodollars == nil)
        #expect(try usage(#"{"prompt_tokens":1,"cost":-1}"#)?.costNanodollars == nil)
    }

    @Test func writesBothDetails() throws {
        var usage = TokenUsage(prompt: 10, completion: 5)
        usage.cached = 3
        usage.reasoning = 2
        func text() -> String {
            var bytes: [UInt8] = []
            usage.writeOpenAI(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(text() == JSONValue.object(usage.openAI).text)
        #expect(
            text()
                == #"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":3,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}"#
        )
        usage.cacheWrite = 4
        #expect(text() == JSONValue.object(usage.openAI).text)
        #expect(TokenUsage(openAI: .object(usage.openAI)) == usage)
    }

    @Test func estimates() {
        let usage = TokenUsage.estimate(promptBytes: 9, completionBytes: 8)
        #expect(usage.prompt == 3)
        #expect(usage.completion == 2)
        #expect(usage.total == 5)
        #expect(usage.estimated)
        #expect(TokenUsage.estimate(promptBytes: 0, completionBytes: -5).total == 0)
        #expect(TokenUsage.estimate(promptBytes: .max, completionBytes: .max).prompt == TokenUsage.maximumTokens)
    }

    @Test(
        .enabled(if: Fixture.areAvailable),
        arguments: Fixture.all("openai", "azure", "groq", "openrouter", "ollama") {
            $0.status == 200 && !$0.streaming && $0.endpoint.contains("completions")
        })
    func readsRecordedUsage(_ fixture: Fixture) throws {
        guard let body = fixture.response, let value = try? JSONValue(parsing: body), value["usage"] != nil else {
            return
        }
        let usage = try #require(TokenUsage(openAIAnswer: value))
        #expect(usage.cached + usage.cacheWrite <= usage.prompt)
        #expect(usage.reasoning <= usage.completion)
        #expect(usage.total == usage.prompt + usage.completion)
    }
}
