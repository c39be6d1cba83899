import Dialects
import Testing
import WireJSON

@Suite struct CoreCompletionsAdapterTests {
    @Test(arguments: [
        (#"{"prompt":"hi"}"#, "hi"), (#"{"prompt":["hi"]}"#, "hi"), (#"{"prompt":""}"#, ""),
        (#"{"prompt":"hi","echo":false,"suffix":"","best_of":3,"logprobs":2}"#, "hi"),
    ])
    func findsThePrompt(_ json: String, _ prompt: String) throws {
        let members = try #require(try JSONValue(parsing: json).objectValue)
        #expect(try CompletionsAdapter.prompt(members) == prompt)
    }

    @Test(arguments: [
        (#"{}"#, "prompt", "missing_required_parameter"), (#"{"prompt":null}"#, "prompt", "missing_required_parameter"),
        (#"{"prompt":[]}"#, "prompt", "empty_array"), (#"{"prompt":["a","b"]}"#, "prompt", "unsupported_parameter"),
        (#"{"prompt":[1,2]}"#, "prompt", "unsupported_parameter"),
        (#"{"prompt":[7]}"#, "prompt", "unsupported_parameter"),
        (#"{"prompt":[[1,2]]}"#, "prompt", "unsupported_parameter"), (#"{"prompt":5}"#, "prompt", "invalid_type"),
        (#"{"prompt":"a","echo":true}"#, "echo", "unsupported_parameter"),
        (#"{"prompt":"a","suffix":"b"}"#, "suffix", "unsupported_parameter"),
    ])
    func refusesWhatChatCannotDo(_ json: String, _ param: String, _ code: String) throws {
        let members = try #require(try JSONValue(parsing: json).objectValue)
        do {
            _ = try CompletionsAdapter.prompt(members)
            Issue.record("accepted")
        } catch {
            #expect(error.status == 400)
            #expect(error.param == param)
            #expect(error.code == code)
        }
    }

    @Test func becomesAChatRequest() throws {
        let request = try ClientRequest.of(
            #"{"model":"m","prompt":"say \"hi\"","max_tokens":5,"temperature":0.5,"stream":true,"best_of":2,"logprobs":1,"echo":false,"suffix":null,"stop":["x"],"stream_options":{"include_usage":true}}"#,
            .completions)
        let chat = try CompletionsAdapter.chatRequest(from: request)
        #expect(chat.endpoint == .chatCompletions)
        #expect(chat.model == "m")
        #expect(chat.stream)
        #expect(chat.includeUsage)
        let body = try JSONValue(parsing: chat.body)
        #expect(
            body == [
                "model": "m", "max_tokens": 5, "temperature": 0.5, "stream": true, "stop": ["x"],
                "stream_options": ["include_usage": true],
                "messages": [["role": "user", "content": #"say "hi""#]],
            ])
    }

    @Test func refusesSeveralPrompts() throws {
        let request = try ClientRequest.of(#"{"model":"m","prompt":["a","b"]}"#, .completions)
        #expect(throws: WireError.self) { try CompletionsAdapter.chatRequest(from: request) }
        #expect(throws: WireError.self) { try ChatRequest(parsing: request) }
    }
}
