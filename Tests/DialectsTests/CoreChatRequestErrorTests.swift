import Dialects
import Testing

/// What a chat request is refused for, with OpenAI's codes and exact places.
@Suite struct CoreChatRequestErrorTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var json: String
        var param: String
        var code: String?

        var testDescription: String { "\(param): \(json)" }

        /// `messages` of one request.
        static func messages(_ messages: String, _ param: String, _ code: String?) -> Refusal {
            Refusal(json: #"{"model":"m","messages":[\#(messages)]}"#, param: param, code: code)
        }

        /// One content part of a user message.
        static func part(_ part: String, _ param: String, _ code: String?) -> Refusal {
            .messages(
                #"{"role":"user","content":[{"type":"text","text":"x"},\#(part)]}"#, "messages[0].content[1]" + param,
                code)
        }

        /// Top-level members beside a minimal message.
        static func members(_ members: String, _ param: String, _ code: String?) -> Refusal {
            Refusal(
                json: #"{"model":"m","messages":[{"role":"user","content":"x"}],\#(members)}"#, param: param, code: code
            )
        }
    }

    private func check(_ refusal: Refusal) {
        do {
            _ = try ChatRequest(parsing: ClientRequest.of(refusal.json))
            Issue.record("accepted")
        } catch {
            #expect(error.status == 400)
            #expect(error.type == "invalid_request_error")
            #expect(error.param == refusal.param)
            #expect(error.code == refusal.code)
            #expect(!error.message.isEmpty)
        }
    }

    @Test(arguments: [
        Refusal.messages(#"{"role":"user"}"#, "messages[0].content", "missing_required_parameter"),
        .messages(#"{"role":"user","content":null}"#, "messages[0].content", "invalid_type"),
        .messages(#"{"role":"user","content":5}"#, "messages[0].content", "invalid_type"),
        .messages(#"{"role":"user","content":[]}"#, "messages[0].content", "empty_array"),
        .messages(#"{"role":"user","content":["x"]}"#, "messages[0].content[0]", "invalid_type"),
        .messages(#"{"role":"user","content":"x","name":1}"#, "messages[0].name", "invalid_type"),
        .messages(#"{"role":"assistant"}"#, "messages[0].content", "missing_required_parameter"),
        .messages(#"{"role":"assistant","content":null}"#, "messages[0].content", "invalid_type"),
        .messages(#"{"role":"tool","content":"x"}"#, "messages[0].tool_call_id", "missing_required_parameter"),
        .messages(#"{"role":"tool","tool_call_id":"","content":"x"}"#, "messages[0].tool_call_id", "empty_string"),
        .messages(#"{"role":"tool","tool_call_id":"c"}"#, "messages[0].content", "missing_required_parameter"),
        .messages(#"{"role":"function","content":"x"}"#, "messages[0].name", "missing_required_parameter"),
        .messages(
            #"{"role":"system","content":[{"type":"image_url","image_url":{"url":"https://a.b/c"}}]}"#,
            "messages[0].content[0].type", "invalid_value"),
        .messages(
            #"{"role":"assistant","content":[{"type":"image_url","image_url":{"url":"https://a.b/c"}}]}"#,
            "messages[0].content[0].type", "invalid_value"),
        .messages(
            #"{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":""}}]}"#,
            "messages[0].tool_calls[0].id", "missing_required_parameter"),
        .messages(
            #"{"role":"assistant","tool_calls":[{"id":"c","type":"function"}]}"#,
            "messages[0].tool_calls[0].function", "missing_required_parameter"),
        .messages(
            #"{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":{}}}]}"#,
            "messages[0].tool_calls[0].function.arguments", "invalid_type"),
        .messages(
            #"{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{}}]}"#,
            "messages[0].tool_calls[0].type", "unsupported_value"),
        .messages(
            #"{"role":"user","content":"x"},{"role":"assistant","function_call":{"name":"f"}}"#,
            "messages[1].function_call.arguments", "missing_required_parameter"),
    ])
    func messages(_ refusal: Refusal) { check(refusal) }

    @Test(arguments: [
        Refusal.part(#"{"text":"x"}"#, ".type", "missing_required_parameter"),
        .part(#"{"type":"video"}"#, ".type", "invalid_value"),
        .part(#"{"type":"text"}"#, ".text", "missing_required_parameter"),
        .part(#"{"type":"text","text":null}"#, ".text", "invalid_type"),
        .part(#"{"type":"image_url"}"#, ".image_url", "missing_required_parameter"),
        .part(#"{"type":"image_url","image_url":"https://a.b"}"#, ".image_url", "invalid_type"),
        .part(#"{"type":"image_url","image_url":{}}"#, ".image_url.url", "missing_required_parameter"),
        .part(#"{"type":"image_url","image_url":{"url":""}}"#, ".image_url.url", "empty_string"),
        .part(#"{"type":"image_url","image_url":{"url":"not a url"}}"#, ".image_url.url", "invalid_image_url"),
        .part(#"{"type":"image_url","image_url":{"url":"ftp://a.b"}}"#, ".image_url.url", "invalid_image_url"),
        .part(#"{"type":"image_url","image_url":{"url":"https:"}}"#, ".image_url.url", "invalid_image_url"),
        .part(#"{"type":"image_url","image_url":{"url":"data:image/png,x"}}"#, ".image_url.url", "invalid_image_url"),
        .part(
            #"{"type":"image_url","image_url":{"url":"data:text/plain;base64,AAAA"}}"#, ".image_url.url",
            "invalid_image_url"),
        .part(
            #"{"type":"image_url","image_url":{"url":"data:image/png;base64,!!!"}}"#, ".image_url.url",
            "invalid_image_url"),
        .part(
            #"{"type":"image_url","image_url":{"url":"https://a.b","detail":"ultra"}}"#, ".image_url.detail",
            "invalid_value"),
        .part(
            #"{"type":"input_audio","input_audio":{"data":"A","format":"wav"}}"#, ".input_audio.data", "invalid_value"),
        .part(
            #"{"type":"input_audio","input_audio":{"data":"AAAA","format":"ogg"}}"#, ".input_audio.format",
            "invalid_value"),
        .part(#"{"type":"file","file":{}}"#, ".file.file_data", "missing_required_parameter"),
        .part(#"{"type":"file","file":{"file_data":"AAAA"}}"#, ".file.file_data", "invalid_value"),
    ])
    func parts(_ refusal: Refusal) { check(refusal) }

    @Test(arguments: [
        Refusal.members(#""tools":[{"type":"function"}]"#, "tools[0].function", "missing_required_parameter"),
        .members(
            #""tools":[{"type":"function","function":{}}]"#, "tools[0].function.name", "missing_required_parameter"),
        .members(
            #""tools":[{"type":"function","function":{"name":"a b"}}]"#, "tools[0].function.name", "invalid_value"),
        .members(
            #""tools":[{"type":"function","function":{"name":"\#(String(repeating: "x", count: 65))"}}]"#,
            "tools[0].function.name", "string_above_max_length"),
        .members(
            #""tools":[{"type":"function","function":{"name":"f","parameters":[]}}]"#, "tools[0].function.parameters",
            "invalid_type"),
        .members(#""tools":[{"type":"custom","custom":{"name":"f"}}]"#, "tools[0].type", "unsupported_value"),
        .members(#""tools":[{"type":"web_search"}]"#, "tools[0].type", "invalid_value"),
        .members(#""functions":[]"#, "functions", "empty_array"),
        .members(#""functions":[{"description":"x"}]"#, "functions[0].name", "missing_required_parameter"),
        .members(#""tool_choice":"any""#, "tool_choice", "invalid_value"),
        .members(#""tool_choice":"required""#, "tool_choice", nil),
        .members(#""tool_choice":{"type":"function"}"#, "tool_choice.function", "missing_required_parameter"),
        .members(#""tool_choice":{"type":"custom"}"#, "tool_choice.type", "unsupported_value"),
        .members(
            #""tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"g"}}"#,
            "tool_choice", "invalid_value"),
        .members(
            #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"x","tools":[]}}"#,
            "tool_choice.allowed_tools.mode", "invalid_value"),
        .members(
            #""tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}"#,
            "tool_choice.allowed_tools.tools", "empty_array"),
        .members(#""function_call":"required""#, "function_call", "invalid_value"),
        .members(#""response_format":{"type":"xml"}"#, "response_format.type", "invalid_value"),
        .members(
            #""response_format":{"type":"json_schema"}"#, "response_format.json_schema", "missing_required_parameter"),
        .members(
            #""response_format":{"type":"json_schema","json_schema":{"name":"a"}}"#,
            "response_format.json_schema.schema", "missing_required_parameter"),
        .members(#""response_format":{"type":"json_object"}"#, "messages", nil),
        .members(#""reasoning_effort":"lots""#, "reasoning_effort", "invalid_value"),
        .members(#""top_logprobs":2"#, "top_logprobs", nil),
    ])
    func members(_ refusal: Refusal) { check(refusal) }

    /// A request need not have come through the scan: the parser checks parameters itself, and trusts the body only.
    @Test func checksParametersItself() throws {
        var forged = try ClientRequest.of(#"{"model":"m","messages":[{"role":"user","content":"x"}],"user":"u"}"#)
        forged.body = Array(#"{"model":"m","temperature":9}"#.utf8)
        do {
            _ = try ChatRequest(parsing: forged)
            Issue.record("accepted")
        } catch {
            #expect(error.param == "temperature")
        }
        forged.body = Array("{".utf8)
        #expect(throws: WireError.self) { try ChatRequest(parsing: forged) }
    }

    @Test func quotesLongValuesShortly() {
        for unit in ["é", "\u{301}", "🙂"] {
            let long = String(repeating: unit, count: 100_000)
            do {
                _ = try ClientRequest.of(#"{"model":"m","messages":[{"role":"\#(long)"}]}"#)
                Issue.record("accepted")
            } catch {
                #expect(error.message.utf8.count < 500)
            }
        }
    }
}
