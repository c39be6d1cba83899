import Dialects
import Testing
import WireJSON

/// Damaged requests: whatever comes in, the outcome is a request or a 400, and never a trap.
@Suite struct CoreRequestFuzzTests {
    private static let seeds: [(Endpoint, String)] = [
        (
            .chatCompletions,
            #"""
            {"model":"gpt-4o","messages":[{"role":"system","content":"json"},{"role":"user","content":[{"type":"text","text":"a"},
            {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}},
            {"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}},{"type":"file","file":{"file_id":"f"}}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c","content":"42"}],"temperature":0.5,"max_tokens":10,"n":1,"stop":["a"],
            "stream":true,"stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"f",
            "parameters":{"type":"object"}}}],"tool_choice":{"type":"function","function":{"name":"f"}},
            "response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{}}},"seed":1,"user":"u"}
            """#
        ),
        (
            .chatCompletions,
            #"""
            {"functions":[{"name":"f"}],"function_call":{"name":"f"},"m\u006fdel":"x","messages":[{"role":"user","content":"\u00e9"},
            {"role":"assistant","function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":null}],
            "logprobs":true,"top_logprobs":3,"reasoning_effort":"low","response_format":{"type":"json_object"}}
            """#
        ),
        (
            .completions,
            #"{"model":"m","prompt":["hi"],"max_tokens":16,"echo":false,"logprobs":2,"best_of":1,"suffix":null}"#
        ),
        (.embeddings, #"{"model":"m","input":[[1,2],[3]],"encoding_format":"float","dimensions":3}"#),
    ]

    @Test(arguments: 0..<40)
    func damagedRequests(_ round: Int) {
        var generator = SplitMix64(seed: UInt64(round))
        for (endpoint, json) in Self.seeds {
            for _ in 0..<60 {
                let body = Mutation.of(Array(json.utf8), most: 5, using: &generator)
                check(body, endpoint)
            }
        }
    }

    /// Truncated at every byte.
    @Test func truncatedRequests() {
        for (endpoint, json) in Self.seeds {
            let bytes = Array(json.utf8)
            for length in 0..<bytes.count { check(Array(bytes[..<length]), endpoint) }
        }
    }

    /// Well-formed requests with values of the wrong kind in every place: these get past the scan.
    @Test(arguments: 0..<40)
    func misplacedValues(_ round: Int) throws {
        var generator = SplitMix64(seed: UInt64(1000 + round))
        for (endpoint, json) in Self.seeds {
            let value = try JSONValue(parsing: json)
            for _ in 0..<60 {
                check(replaced(value, one: 12, using: &generator).bytes, endpoint)
            }
        }
    }

    private func check(_ body: [UInt8], _ endpoint: Endpoint) {
        do {
            let client = try ClientRequest(checking: body, endpoint: endpoint)
            #expect(!client.model.isEmpty)
            let request = try ChatRequest(parsing: client)
            #expect(!request.messages.isEmpty)
            #expect((1...128).contains(request.choices))
            #expect(request.stop.count <= 4)
            #expect((request.maxTokens ?? 0) >= 0)
        } catch {
            #expect(error.status == 400)
            #expect(!error.message.isEmpty)
            #expect(OpenAIAnswerCheck.envelopeProblems(in: error.encoded()) == [])
        }
    }

    /// `value` with about every `one`-th node replaced by something else.
    private func replaced(_ value: JSONValue, one: Int, using generator: inout SplitMix64) -> JSONValue {
        if generator.chance(1, in: one) {
            let others: [JSONValue] = [
                nil, true, 0, -1, 1e300, 3.5, "", "user", "data:image/png;base64,", [], [nil], [:], ["type": "text"],
                .number(JSONNumber(Int.max)), ["type": "function"], [["role": "user"]], "é\u{0}\n",
            ]
            return generator.pick(others) ?? nil
        }
        switch value {
        case .array(let elements):
            return .array(elements.map { replaced($0, one: one, using: &generator) })
        case .object(let object):
            var copy = JSONObject()
            for (name, member) in object where !generator.chance(1, in: one * 2) {
                copy.append(name, replaced(member, one: one, using: &generator))
            }
            return .object(copy)
        default: return value
        }
    }
}
