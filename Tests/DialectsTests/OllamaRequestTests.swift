import Dialects
import Testing

/// What Ollama takes differently (contracts, section 2.6).
@Suite struct OllamaRequestTests {
    @Test(arguments: ["http://127.0.0.1:11434/v1", "http://ollama:11434/v1", "https://ollama.com/v1"])
    func knowsOnlyMaxTokens(_ base: String) throws {
        let target = OpenAIRequestTests.target(.openaiCompatible, base: base, model: "m")
        let sent = #"{"model":"m","max_completion_tokens":9,\#(OpenAIRequestTests.messages)}"#
        #expect(
            try OpenAIRequestTests.body(sent, target)
                == #"{"model":"m","max_tokens":9,\#(OpenAIRequestTests.messages)}"#)
        let both = #"{"max_tokens":1,"model":"m","max_completion_tokens":9,\#(OpenAIRequestTests.messages)}"#
        #expect(
            try OpenAIRequestTests.body(both, target)
                == #"{"model":"m","max_tokens":9,\#(OpenAIRequestTests.messages)}"#)
    }

    @Test func leavesOtherServersTheirs() throws {
        let target = OpenAIRequestTests.target(.openaiCompatible, base: "http://vllm:8000/v1", model: "m")
        let sent = #"{"model":"m","max_completion_tokens":9,\#(OpenAIRequestTests.messages)}"#
        #expect(try OpenAIRequestTests.body(sent, target) == sent)
    }
}
