import Dialects
import Testing
import WireJSON

/// What Groq takes differently (contracts, section 2.3).
@Suite struct GroqRequestTests {
    private func body(_ members: String, model: String = "llama-3.3-70b-versatile") throws -> String {
        let json = #"{"model":"\#(model)",\#(OpenAIRequestTests.messages)\#(members)}"#
        return try OpenAIRequestTests.body(json, OpenAIRequestTests.target(.groq, model: model))
            .replacing(#"{"model":"\#(model)",\#(OpenAIRequestTests.messages)"#, with: "{")
    }

    @Test(arguments: [
        #","logprobs":true"#, #","top_logprobs":3"#, #","logit_bias":{"1":2}"#, #","n":2"#, #","store":true"#,
        #","metadata":{"a":"b"}"#, #","verbosity":"low""#, #","prompt_cache_key":"k""#, #","service_tier":"default""#,
        #","web_search_options":{}"#, #","modalities":["text"]"#, #","safety_identifier":"u""#,
    ])
    func dropsWhatItRejects(_ member: String) throws {
        #expect(try body(member) == "{}")
    }

    @Test(arguments: [
        #","n":1"#, #","n":null"#, #","service_tier":"flex""#, #","user":"u""#, #","seed":3"#, #","temperature":0"#,
        #","reasoning_format":"parsed""#, #","max_completion_tokens":5"#, #","include_reasoning":false"#,
    ])
    func keepsWhatItKnows(_ member: String) throws {
        #expect(try body(member) == "{\(member)}")
    }

    @Test func dropsIncludeReasoningBesideAFormat() throws {
        #expect(try body(#","include_reasoning":true,"reasoning_format":"raw""#) == #"{,"reasoning_format":"raw"}"#)
    }

    @Test(
        arguments: [
            ("openai/gpt-oss-120b", "minimal", "low"), ("openai/gpt-oss-120b", "low", "low"),
            ("openai/gpt-oss-20b", "medium", "medium"), ("openai/gpt-oss-20b", "high", "high"),
            ("openai/gpt-oss-20b", "xhigh", "high"), ("openai/gpt-oss-20b", "max", "high"),
            ("openai/gpt-oss-20b", "none", nil), ("qwen/qwen3-32b", "none", "none"),
            ("qwen/qwen3-32b", "default", "default"),
            ("qwen/qwen3-32b", "low", "default"), ("qwen/qwen3-32b", "xhigh", "default"),
            ("llama-3.3-70b-versatile", "low", nil),
        ] as [(String, String, String?)])
    func mapsReasoningEffort(_ model: String, _ sent: String, _ expected: String?) throws {
        let member = expected.map { #","reasoning_effort":"\#($0)""# } ?? ""
        #expect(try body(#","reasoning_effort":"\#(sent)""#, model: model) == "{\(member)}")
    }

    @Test func stripsMessageMembers() throws {
        let json =
            #"{"model":"m","messages":[{"role":"user","name":"ann","content":"Hi"},{"role":"assistant","content":null,"#
            + #""reasoning_content":"hm","tool_calls":[{"id":"c","type":"function","function":{"name":"f","#
            + #""arguments":"{}"},"#
            + #""extra_content":{}}]}]}"#
        let expected =
            #"{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"#
            + #""tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]}"#
        #expect(try OpenAIRequestTests.body(json, OpenAIRequestTests.target(.groq, model: "m")) == expected)
    }
}
