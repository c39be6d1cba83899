import Dialects
import Testing

/// The checks of `/v1/completions` and `/v1/embeddings`.
@Suite struct CoreEndpointCheckTests {
    private typealias Refusal = CoreRequestCheckTests.Refusal

    @Test(arguments: [
        #"{"model":"m"}"#, #"{"model":"m","prompt":null}"#, #"{"model":"m","prompt":"hi","max_tokens":0,"echo":true}"#,
        #"{"model":"m","prompt":["a","b"],"logprobs":5,"best_of":2,"suffix":"x"}"#, #"{"model":"m","prompt":[1,2]}"#,
        #"{"model":"m","prompt":[[1,2],[3]],"messages":"not looked at"}"#,
    ])
    func acceptsCompletions(_ json: String) throws {
        #expect(try ClientRequest.of(json, .completions).endpoint == .completions)
    }

    @Test func refusesCompletions() {
        Refusal(#"{"model":"m","prompt":[]}"#, "prompt", "empty_array", "empty array").expect(.completions)
        Refusal(#"{"model":"m","prompt":{}}"#, "prompt", "invalid_type", "one of a string").expect(.completions)
        Refusal(#"{"model":"m","prompt":["a",1]}"#, "prompt[1]", "invalid_type", "one kind").expect(.completions)
        Refusal(#"{"model":"m","prompt":[null]}"#, "prompt[0]", "invalid_type", "null").expect(.completions)
        Refusal(#"{"model":"m","prompt":"a","logprobs":true}"#, "logprobs", "invalid_type", "integer")
            .expect(.completions)
        Refusal(
            #"{"model":"m","prompt":"a","max_tokens":-1}"#, "max_tokens", "integer_below_min_value",
            "Expected a value >= 0, but got -1 instead."
        ).expect(.completions)
    }

    @Test(arguments: [
        #"{"model":"m","input":"hi"}"#, #"{"model":"m","input":["a","b"],"encoding_format":"base64"}"#,
        #"{"model":"m","input":[1,2,3],"dimensions":256}"#, #"{"model":"m","input":[[1],[2]],"user":"u"}"#,
    ])
    func acceptsEmbeddings(_ json: String) throws {
        #expect(try ClientRequest.of(json, .embeddings).model == "m")
    }

    @Test func refusesEmbeddings() {
        Refusal(#"{"model":"m"}"#, "input", "missing_required_parameter", "input").expect(.embeddings)
        Refusal(#"{"model":"m","input":null}"#, "input", "invalid_type", "null").expect(.embeddings)
        Refusal(#"{"model":"m","input":[]}"#, "input", "empty_array", "input").expect(.embeddings)
        Refusal(#"{"model":"m","input":7}"#, "input", "invalid_type", "integer").expect(.embeddings)
        Refusal(#"{"model":"m","input":"a","dimensions":0}"#, "dimensions", "integer_below_min_value", ">= 1")
            .expect(.embeddings)
        Refusal(#"{"input":"a"}"#, "model", "missing_required_parameter", "model").expect(.embeddings)
    }
}
