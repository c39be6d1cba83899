import Dialects
import Testing
import WireJSON

/// The checks that every request passes, whichever provider it goes to.
@Suite struct CoreRequestCheckTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var json: String
        var param: String?
        var code: String?
        var says: String

        var testDescription: String { json }

        init(_ json: String, _ param: String?, _ code: String?, _ says: String) {
            self.json = json
            self.param = param
            self.code = code
            self.says = says
        }

        /// A minimal chat request with one more member.
        static func member(_ member: String, _ param: String, _ code: String?, _ says: String) -> Refusal {
            Refusal(#"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(member)}"#, param, code, says)
        }

        func expect(_ endpoint: Endpoint = .chatCompletions, at location: SourceLocation = #_sourceLocation) {
            do {
                _ = try ClientRequest.of(json, endpoint)
                Issue.record("accepted", sourceLocation: location)
            } catch {
                #expect(error.status == 400, sourceLocation: location)
                #expect(error.type == "invalid_request_error", sourceLocation: location)
                #expect(error.param == param, sourceLocation: location)
                #expect(error.code == code, sourceLocation: location)
                #expect(error.message.contains(says), "\(error.message)", sourceLocation: location)
            }
        }
    }

    @Test func readsWhatTheGatewayNeeds() throws {
        let request = try ClientRequest.of(
            #"{"stream_options":{"include_usage":true},"stream":true,"messages":[{"role":"user"}],"model":"gpt-4o"}"#)
        #expect(request.model == "gpt-4o")
        #expect(request.stream)
        #expect(request.includeUsage)
        #expect(request.members.all.count == 4)
        let plain = try ClientRequest.of(#"{"model":"m","messages":[{"role":"user"}]}"#)
        #expect(!plain.stream)
        #expect(!plain.includeUsage)
    }

    @Test(arguments: [
        #""temperature":0"#, #""temperature":2"#, #""temperature":1.999999999999999999"#, #""temperature":null"#,
        #""top_p":1.0"#, #""top_p":5e-1"#, #""frequency_penalty":-2"#, #""presence_penalty":2.0"#,
        #""max_tokens":1"#, #""max_tokens":5.0"#, #""max_completion_tokens":2147483647"#, #""n":128"#,
        #""stop":"x""#, #""stop":["a","b","c","d"]"#, #""stop":[]"#, #""stop":null"#, #""seed":-9223372036854775808"#,
        #""logprobs":true,"top_logprobs":20"#, #""logit_bias":{"50256":-100}"#, #""user":"u""#, #""tools":null"#,
        #""tools":[]"#, #""tools":[{"function":{"name":"f"},"type":"function"}]"#,
        #""tools":[{"ty\u0070e":"custom"}]"#, #""tool_choice":"auto""#,
        #""tool_choice":{"type":"function","function":{"name":"f"}}"#, #""parallel_tool_calls":false"#,
        #""functions":[{"name":"f"}],"function_call":"auto""#, #""response_format":{"type":"json_object"}"#,
        #""reasoning_effort":"high""#, #""metadata":{"a":"b"}"#, #""store":true"#, #""modalities":["text"]"#,
        #""stream":false"#, #""stream":null,"stream_options":null"#, #""stream":true,"stream_options":{}"#,
        #""stream":true,"stream_options":{"include_usage":null,"include_obfuscation":false}"#,
        #""unknown_member":{"anything":[1,2,3]}"#, #""prompt":5,"input":{}"#,
    ])
    func accepts(_ member: String) throws {
        let request = try ClientRequest.of(#"{"model":"m","messages":[{"role":"user","content":"hi"}],\#(member)}"#)
        #expect(request.model == "m")
    }

    @Test(arguments: [
        Refusal("{}", "model", "missing_required_parameter", "Missing required parameter: 'model'."),
        Refusal(#"{"model":"","messages":[{"role":"user"}]}"#, "model", "empty_string", "empty string"),
        Refusal(#"{"model":7,"messages":[{"role":"user"}]}"#, "model", "invalid_type", "but got an integer instead"),
        Refusal(#"{"model":null,"messages":[{"role":"user"}]}"#, "model", "invalid_type", "but got null instead"),
        Refusal(#"{"model":"m"}"#, "messages", "missing_required_parameter", "'messages'"),
        Refusal(
            #"{"model":"m","messages":[]}"#, "messages", "empty_array",
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead."),
        Refusal(#"{"model":"m","messages":[ ]}"#, "messages", "empty_array", "empty array"),
        Refusal(#"{"model":"m","messages":"hi"}"#, "messages", "invalid_type", "an array of objects, but got a string"),
        Refusal(#"{"model":"m","messages":null}"#, "messages", "invalid_type", "but got null"),
        Refusal(#"{"model":"m","messages":["hi"]}"#, "messages[0]", "invalid_type", "an object, but got a string"),
        Refusal(
            #"{"model":"m","messages":[{}]}"#, "messages[0].role", "missing_required_parameter", "messages[0].role"),
        Refusal(
            #"{"model":"m","messages":[{"role":"user"},{"content":{"role":"user"}}]}"#, "messages[1].role",
            "missing_required_parameter", "messages[1].role"),
        Refusal(#"{"model":"m","messages":[{"role":1.5}]}"#, "messages[0].role", "invalid_type", "a decimal number"),
        Refusal(
            #"{"model":"m","messages":[{"role":"bot"}]}"#, "messages[0].role", "invalid_value",
            "Invalid value: 'bot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'."
        ),
    ])
    func refusesWhatIsRequired(_ refusal: Refusal) { refusal.expect() }

    @Test(arguments: [
        Refusal.member(
            #""temperature":2.1"#, "temperature", "decimal_above_max_value",
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 2.1 instead."),
        .member(#""temperature":-0.1"#, "temperature", "decimal_below_min_value", ">= 0, but got -0.1"),
        .member(#""temperature":1e999"#, "temperature", "decimal_above_max_value", "1e999"),
        .member(#""temperature":"hot""#, "temperature", "invalid_type", "a decimal, but got a string"),
        .member(#""top_p":1.01"#, "top_p", "decimal_above_max_value", "<= 1"),
        .member(#""presence_penalty":-2.5"#, "presence_penalty", "decimal_below_min_value", ">= -2"),
        .member(
            #""max_tokens":0"#, "max_tokens", "integer_below_min_value",
            "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead."),
        .member(#""max_tokens":1.5"#, "max_tokens", "invalid_type", "an integer, but got a decimal number"),
        .member(#""max_tokens":99999999999999999999"#, "max_tokens", "integer_above_max_value", "<= 2147483647"),
        .member(#""max_tokens":-99999999999999999999"#, "max_tokens", "integer_below_min_value", ">= 1"),
        .member(#""max_completion_tokens":"9""#, "max_completion_tokens", "invalid_type", "a string"),
        .member(#""n":129"#, "n", "integer_above_max_value", "<= 128"),
        .member(#""n":0"#, "n", "integer_below_min_value", ">= 1"),
        .member(#""stop":5"#, "stop", "invalid_type", "a string or array of strings, but got an integer"),
        .member(#""stop":["a",null]"#, "stop[1]", "invalid_type", "but got null"),
        .member(#""stop":["a","b","c","d","e"]"#, "stop", "array_above_max_length", "length 5"),
        .member(#""logprobs":1"#, "logprobs", "invalid_type", "a boolean"),
        .member(#""top_logprobs":21"#, "top_logprobs", "integer_above_max_value", "<= 20"),
        .member(#""user":5"#, "user", "invalid_type", "a string"),
        .member(#""us\u0065r":5"#, "user", "invalid_type", "a string"),
        .member(#""seed":"x""#, "seed", "invalid_type", "an integer"),
        .member(#""stream":"true""#, "stream", "invalid_type", "a boolean, but got a string"),
        .member(#""stream_options":{}"#, "stream_options", nil, "only allowed when 'stream' is enabled"),
        .member(#""stream":false,"stream_options":{}"#, "stream_options", nil, "only allowed when 'stream' is enabled"),
        .member(#""stream":true,"stream_options":[]"#, "stream_options", "invalid_type", "an object"),
        .member(
            #""stream":true,"stream_options":{"include_usage":1}"#, "stream_options.include_usage", "invalid_type",
            "a boolean"),
        .member(#""tools":{}"#, "tools", "invalid_type", "an array of objects, but got an object"),
        .member(#""tools":["f"]"#, "tools[0]", "invalid_type", "an object"),
        .member(
            #""tools":[{"function":{"type":"x"}}]"#, "tools[0].type", "missing_required_parameter", "tools[0].type"),
        .member(#""tools":[{"type":null}]"#, "tools[0].type", "invalid_type", "null"),
        .member(#""tool_choice":1"#, "tool_choice", "invalid_type", "one of a string or object"),
        .member(#""tool_choice":{}"#, "tool_choice.type", "missing_required_parameter", "tool_choice.type"),
        .member(#""response_format":"json""#, "response_format", "invalid_type", "an object"),
        .member(#""response_format":{"type":1}"#, "response_format.type", "invalid_type", "a string"),
        .member(#""parallel_tool_calls":"no""#, "parallel_tool_calls", "invalid_type", "a boolean"),
        .member(#""logit_bias":[]"#, "logit_bias", "invalid_type", "an object"),
    ])
    func refusesWrongParameters(_ refusal: Refusal) { refusal.expect() }

    @Test(
        arguments: [
            (#"{"model":"m","messages":[{"role":"user","content":"x"}"#, "byte 54", "messages[1]"),
            (#"{"model":"m","model":"n","messages":[{"role":"user"}]}"#, "duplicate", "model"),
            (#"{"model":"m","messages":[{"role":"user","role":"system"}]}"#, "messages[0]", "messages[0].role"),
            (#"{"model":"m","messages":[{"role":"us\er"}]}"#, "escape", "messages[0].role"),
            ("[]", "object", nil), ("", "end", nil), ("hello", "byte 0", nil),
        ] as [(String, String, String?)])
    func namesTheFaultInBadJSON(_ json: String, _ says: String, _ param: String?) {
        #expect {
            try ClientRequest.of(json)
        } throws: { error in
            guard let error = error as? WireError else { return false }
            return error.status == 400 && error.message.contains("could not parse the JSON body")
                && error.message.lowercased().contains(says) && error.param == param
        }
    }

    @Test func refusesDeepNesting() {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        #expect {
            try ClientRequest.of(#"{"model":"m","messages":[{"role":"user"}],"x":\#(deep)}"#)
        } throws: { error in
            guard let error = error as? WireError else { return false }
            return error.status == 400 && error.message.contains("nested too deeply")
        }
    }
}
