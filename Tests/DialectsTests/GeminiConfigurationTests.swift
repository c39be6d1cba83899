import Dialects
import Testing
import WireJSON

/// `generationConfig` and what surrounds it.
@Suite struct GeminiConfigurationTests {
    @Test func samplingAndLimits() throws {
        let configuration = try GeminiCase.configuration([
            "max_tokens": 100, "max_completion_tokens": 200, "temperature": 0.7, "top_p": 0.9, "top_k": 40,
            "seed": 7, "presence_penalty": 0.5, "frequency_penalty": -0.5, "stop": ["a", "b"], "n": 2,
            "logprobs": true, "top_logprobs": 3, "user": "u", "metadata": ["a": "b"], "logit_bias": ["1": 2],
            "store": true, "service_tier": "auto", "verbosity": "low", "prompt_cache_key": "k",
        ])
        #expect(
            configuration == [
                "maxOutputTokens": 200, "temperature": 0.7, "topP": 0.9, "topK": 40, "seed": 7,
                "presencePenalty": 0.5, "frequencyPenalty": -0.5, "stopSequences": ["a", "b"], "candidateCount": 2,
                "responseLogprobs": true, "logprobs": 3,
            ])
    }

    @Test func nothingAskedIsNothingSent() throws {
        #expect(try GeminiCase.configuration([:]) == nil)
        #expect(try GeminiCase.configuration(["n": 1, "logprobs": false, "response_format": ["type": "text"]]) == nil)
        #expect(try GeminiCase.configuration(["temperature": nil, "stop": nil]) == nil)
    }

    @Test func samplingIsLeftOutWhereTheModelRefusesIt() throws {
        var capabilities = ModelCapabilities()
        capabilities.samplingParameters = false
        let configuration = try GeminiCase.configuration(
            ["temperature": 1, "top_p": 1, "top_k": 5, "seed": 1, "presence_penalty": 1, "max_tokens": 5],
            capabilities: capabilities)
        #expect(configuration == ["maxOutputTokens": 5])
    }

    @Test func valuesAreFittedToTheAPI() throws {
        var capabilities = ModelCapabilities()
        capabilities.maxOutput = 65536
        let configuration = try GeminiCase.configuration(
            ["max_tokens": 100_000, "seed": 4_294_967_298, "top_k": -1], capabilities: capabilities)
        #expect(configuration == ["maxOutputTokens": 65536, "seed": 2])
    }

    @Test func tooManyChoices() {
        let error = GeminiCase.refusal(["messages": [["role": "user", "content": "x"]], "n": 9])
        #expect(error?.status == 400)
        #expect(error?.param == "n")
    }

    // MARK: Structured output

    private static let schema: JSONValue = [
        "type": "object", "properties": ["a": ["type": "string", "minLength": 1]], "additionalProperties": false,
    ]
    private static let format: JSONValue = [
        "type": "json_schema", "json_schema": ["name": "thing", "schema": schema, "strict": true],
    ]
    private static let tools: JSONValue = [["type": "function", "function": ["name": "f"]]]

    @Test func schemas() throws {
        #expect(
            try GeminiCase.configuration(["response_format": Self.format])
                == ["responseMimeType": "application/json", "responseJsonSchema": Self.schema])
        #expect(
            try GeminiCase.configuration(["response_format": ["type": "json_object"]])
                == ["responseMimeType": "application/json"])
    }

    @Test func schemaBesideToolsNeedsTheThirdGeneration() throws {
        let members: JSONObject = [
            "messages": [["role": "system", "content": "S"], ["role": "user", "content": "x"]],
            "response_format": Self.format, "tools": Self.tools,
        ]
        let new = try GeminiCase.body(members, model: "gemini-3-flash-preview")
        #expect(new["generationConfig"]?["responseJsonSchema"] == Self.schema)
        #expect(new["systemInstruction"] == ["parts": [["text": "S"]]])

        let old = try GeminiCase.body(members, model: "gemini-2.5-flash")
        #expect(old["generationConfig"] == nil)
        let text = old["systemInstruction"]?["parts"]?[0]?["text"]?.stringValue ?? ""
        #expect(text.hasPrefix("S\n\n"))
        #expect(text.hasSuffix(Self.schema.text))
    }

    @Test func objectBesideToolsBecomesAnInstruction() throws {
        let body = try GeminiCase.body([
            "messages": [["role": "user", "content": "JSON"]], "response_format": ["type": "json_object"],
            "tools": Self.tools,
        ])
        #expect(body["generationConfig"] == nil)
        #expect(body["systemInstruction"]?["parts"]?[0]?["text"]?.stringValue?.contains("JSON object") == true)
    }

    @Test func modelsWithoutSchemasAreTold() throws {
        var capabilities = ModelCapabilities()
        capabilities.jsonSchema = false
        let body = try GeminiCase.body(
            ["messages": [["role": "user", "content": "x"]], "response_format": Self.format],
            model: "gemini-2.0-flash", capabilities: capabilities)
        #expect(body["generationConfig"] == nil)
        #expect(body["systemInstruction"] != nil)
    }

    @Test func imagesAreAskedForByModality() throws {
        #expect(
            try GeminiCase.configuration(["modalities": ["text", "image"]]) == [
                "responseModalities": ["TEXT", "IMAGE"]
            ])
        #expect(try GeminiCase.configuration(["modalities": ["text"]]) == nil)
    }

    // MARK: Thinking

    @Test(arguments: [
        ("gemini-2.5-flash", "none", #"{"thinkingBudget":0}"#),
        ("gemini-2.5-pro", "none", #"{"thinkingBudget":128}"#),
        ("gemini-2.5-pro-preview-05-06", "none", #"{"thinkingBudget":128}"#),
        ("gemini-2.5-flash", "minimal", #"{"thinkingBudget":1024,"includeThoughts":true}"#),
        ("gemini-2.5-flash", "low", #"{"thinkingBudget":1024,"includeThoughts":true}"#),
        ("gemini-2.5-flash", "medium", #"{"thinkingBudget":8192,"includeThoughts":true}"#),
        ("gemini-2.5-flash-lite", "high", #"{"thinkingBudget":24576,"includeThoughts":true}"#),
        ("gemini-2.5-flash", "max", #"{"thinkingBudget":24576,"includeThoughts":true}"#),
        ("gemini-3.5-flash", "none", #"{"thinkingLevel":"MINIMAL"}"#),
        ("gemini-3-pro-preview", "none", #"{"thinkingLevel":"LOW"}"#),
        ("gemini-3-pro-preview", "minimal", #"{"thinkingLevel":"LOW","includeThoughts":true}"#),
        ("gemini-3.5-flash", "minimal", #"{"thinkingLevel":"MINIMAL","includeThoughts":true}"#),
        ("gemini-3.5-flash", "low", #"{"thinkingLevel":"LOW","includeThoughts":true}"#),
        ("gemini-flash-latest", "medium", #"{"thinkingLevel":"MEDIUM","includeThoughts":true}"#),
        ("gemini-4-argon", "high", #"{"thinkingLevel":"HIGH","includeThoughts":true}"#),
        ("gemini-3.5-flash", "xhigh", #"{"thinkingLevel":"HIGH","includeThoughts":true}"#),
        ("models/gemini-3.5-flash", "low", #"{"thinkingLevel":"LOW","includeThoughts":true}"#),
    ])
    func effortByGeneration(model: String, effort: String, expected: String) throws {
        let configuration = try GeminiCase.configuration(["reasoning_effort": .string(effort)], model: model)
        #expect(configuration == ["thinkingConfig": try JSONValue(parsing: expected)])
    }

    @Test(arguments: ["gemini-2.0-flash", "gemini-1.5-pro-002", "gemini-robotics-er-1.5-preview", "gemma-3-27b-it"])
    func modelsThatDoNotThink(model: String) throws {
        #expect(try GeminiCase.configuration(["reasoning_effort": "high"], model: model) == nil)
    }

    @Test func effortByCapability() throws {
        var capabilities = ModelCapabilities()
        capabilities.effortMinimal = false
        capabilities.effortExtraHigh = true
        func level(_ effort: String) throws -> JSONValue? {
            try GeminiCase.configuration(
                ["reasoning_effort": .string(effort)], model: "gemini-3.8-flash", capabilities: capabilities)?[
                    "thinkingConfig"]?["thinkingLevel"]
        }
        #expect(try level("minimal") == "LOW")
        #expect(try level("xhigh") == "XHIGH")
        #expect(try level("max") == "XHIGH")
        capabilities.reasoning = false
        #expect(try level("high") == nil)
        var gemma = ModelCapabilities()
        gemma.reasoning = true
        #expect(
            try GeminiCase.configuration(["reasoning_effort": "low"], model: "gemma-4-31b-it", capabilities: gemma)
                == ["thinkingConfig": ["thinkingLevel": "LOW", "includeThoughts": true]])
    }

    @Test func thoughtsAreShownOnRequestOnly() throws {
        #expect(
            try GeminiCase.configuration(["include_reasoning": true])
                == ["thinkingConfig": ["includeThoughts": true]])
        #expect(
            try GeminiCase.configuration(["include_reasoning": false, "reasoning_effort": "low"])
                == ["thinkingConfig": ["thinkingBudget": 1024]])
    }

    @Test func theProvidersOwnSettingDecidesAlone() throws {
        let own: JSONValue = ["thinking_budget": 5, "include_thoughts": true]
        for members in [
            ["extra_body": ["google": ["thinking_config": own]], "reasoning_effort": "high"],
            ["google": ["thinking_config": own], "reasoning_effort": "high"],
        ] as [JSONObject] {
            #expect(try GeminiCase.configuration(members) == ["thinkingConfig": own])
        }
    }
}
