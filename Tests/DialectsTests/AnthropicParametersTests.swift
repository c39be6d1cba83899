import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: parameters")
struct AnthropicParametersTests {
    private func maxTokens(_ members: JSONObject, model: String) throws -> Int? {
        var members = members
        members["messages"] = [Case.user("Hi")]
        return try Case.body(members, model: model)["max_tokens"]?.intValue
    }

    @Test func theOutputLimitIsAlwaysSent() throws {
        #expect(try maxTokens([:], model: Case.Model.budget) == 64_000)
        #expect(try maxTokens([:], model: Case.Model.always) == 128_000)
        #expect(try maxTokens([:], model: Case.Model.unknown) == 4096)
        #expect(try maxTokens(["max_tokens": 7], model: Case.Model.budget) == 7)
        #expect(try maxTokens(["max_completion_tokens": 9, "max_tokens": 7], model: Case.Model.budget) == 9)
        // More than the model can write is an error there.
        #expect(try maxTokens(["max_tokens": 200_000], model: Case.Model.budget) == 64_000)
        #expect(try maxTokens(["max_tokens": 200_000], model: Case.Model.unknown) == 200_000)
    }

    @Test func temperaturesEndAtOne() throws {
        #expect(try Case.extras(["temperature": 0]) == ["temperature": 0])
        #expect(try Case.extras(["temperature": 1.0]) == ["temperature": 1.0])
        #expect(try Case.extras(["temperature": 1.3]) == ["temperature": 1])
        #expect(try Case.extras(["top_p": 0.9, "top_k": 40]) == ["top_p": 0.9, "top_k": 40])
        #expect(try Case.extras(["top_k": -1]) == [:])
    }

    @Test(arguments: [
        ("claude-sonnet-4-5", false), ("claude-opus-4-1-20250805", false), ("claude-opus-4-6", false),
        ("some-model", false), ("claude-sonnet-4-20250514", true), ("claude-opus-4-0", true),
        ("claude-3-5-haiku-20241022", true),
    ])
    func newerModelsTakeOneKindOfSampling(_ model: String, _ takesBoth: Bool) throws {
        let extras = try Case.extras(["temperature": 0.5, "top_p": 0.9], model: model)
        #expect(extras["temperature"] == 0.5)
        #expect((extras["top_p"] != nil) == takesBoth)
    }

    @Test func samplingIsLeftOutWhereItIsRefused() throws {
        let sampling: JSONObject = ["temperature": 0.5, "top_p": 0.9, "top_k": 4]
        #expect(try Case.extras(sampling, model: Case.Model.always) == [:])
        var thinking = sampling
        thinking["reasoning_effort"] = "low"
        #expect(try Case.extras(thinking).objectValue?.keys == ["thinking"])
    }

    @Test func stopSequences() throws {
        #expect(try Case.extras(["stop": "END"]) == ["stop_sequences": ["END"]])
        #expect(try Case.extras(["stop": ["a", "\n", "", " b"]]) == ["stop_sequences": ["a", " b"]])
        #expect(try Case.extras(["stop": "\n"]) == [:])
    }

    @Test(arguments: [
        ("user-1", true), ("a/b:c", true), ("550e8400-e29b-41d4-a716-446655440000", true), ("123456789", true),
        ("1-2", true), ("ann@example.com", false), ("+4915112345678", false), ("(030) 123-4567", false), (" ", false),
    ])
    func usersAreNamedIfTheNameIsOpaque(_ user: String, _ isSent: Bool) throws {
        #expect(try Case.extras(["user": .string(user)]) == (isSent ? ["metadata": ["user_id": .string(user)]] : [:]))
    }

    @Test func theSafetyIdentifierServesAsUser() throws {
        #expect(try Case.extras(["safety_identifier": "s"]) == ["metadata": ["user_id": "s"]])
        let long = try Case.extras(["user": .string(String(repeating: "é", count: 300))])
        #expect(long["metadata"]?["user_id"]?.stringValue?.count == 256)
    }

    @Test func serviceTiers() throws {
        #expect(try Case.extras(["service_tier": "auto"]) == ["service_tier": "auto"])
        #expect(try Case.extras(["service_tier": "default"]) == ["service_tier": "standard_only"])
        #expect(try Case.extras(["service_tier": "flex"]) == [:])
    }

    @Test func whatHasNoEquivalentIsDropped() throws {
        let extras = try Case.extras([
            "frequency_penalty": 1, "presence_penalty": 1, "logit_bias": ["1": 2], "logprobs": true, "top_logprobs": 2,
            "seed": 7, "store": true, "modalities": ["text"], "verbosity": "low", "metadata": ["a": "b"],
            "prediction": ["type": "content", "content": "x"], "prompt_cache_key": "k", "made_up": 1,
        ])
        #expect(extras == [:])
    }

    @Test func streamsAreAskedFor() throws {
        #expect(
            try Case.extras(["stream": true, "stream_options": ["include_usage": true]]) == ["stream": true])
        #expect(try Case.extras(["stream": false]) == [:])
        let call = try Case.call([
            "messages": [Case.user("Hi")], "stream": true, "stream_options": ["include_usage": true],
        ])
        #expect(call.plan.stream)
        #expect(call.plan.includeUsage)
    }
}
