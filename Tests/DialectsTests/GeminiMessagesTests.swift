import Dialects
import Testing
import WireJSON

@Suite struct GeminiMessagesTests {
    @Test func wholeConversation() throws {
        let body = try GeminiCase.body([
            "messages": [
                ["role": "system", "content": "Be brief."], ["role": "developer", "content": "Be kind."],
                ["role": "user", "content": "Hi"],
                ["role": "user", "content": [["type": "text", "text": "there"], ["type": "text", "text": ""]]],
                ["role": "assistant", "content": "Hello"], ["role": "system", "content": "Speak French."],
                ["role": "assistant", "content": "!"], ["role": "user", "content": "Go on"],
            ]
        ])
        #expect(
            body == [
                "systemInstruction": ["parts": [["text": "Be brief.\n\nBe kind.\n\nSpeak French."]]],
                "contents": [
                    ["role": "user", "parts": [["text": "Hi"], ["text": "there"]]],
                    ["role": "model", "parts": [["text": "Hello"], ["text": "!"]]],
                    ["role": "user", "parts": [["text": "Go on"]]],
                ],
            ])
    }

    @Test func instructionsAloneBecomeTheUsersContent() throws {
        #expect(
            try GeminiCase.body(["messages": [["role": "system", "content": "Say hi."]]])
                == ["contents": [["role": "user", "parts": [["text": "Say hi."]]]]])
    }

    @Test func emptyMessagesKeepTheirPlaceOnlyForTheUser() throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": ""], ["role": "assistant", "content": ""], ["role": "user", "content": "x"],
        ])
        #expect(contents == [["role": "user", "parts": [["text": ""], ["text": "x"]]]])
    }

    @Test func aConversationOfTheModelAloneGetsAnOpening() throws {
        #expect(
            try GeminiCase.contents([["role": "assistant", "content": "Hello"]]) == [
                ["role": "user", "parts": [["text": ""]]], ["role": "model", "parts": [["text": "Hello"]]],
            ])
        // A greeting before the user's first message is accepted as it is.
        #expect(
            try GeminiCase.contents([["role": "assistant", "content": "Hello"], ["role": "user", "content": "Hi"]])
                == [
                    ["role": "model", "parts": [["text": "Hello"]]], ["role": "user", "parts": [["text": "Hi"]]],
                ])
    }

    @Test func refusalsStandForContent() throws {
        let contents = try GeminiCase.contents([
            ["role": "user", "content": "x"], ["role": "assistant", "content": nil, "refusal": "No."],
            ["role": "user", "content": "y"],
        ])
        #expect(contents?[1] == ["role": "model", "parts": [["text": "No."]]])
    }

    @Test func completionsPromptIsOneUserMessage() throws {
        let body = try GeminiCase.body(
            ["prompt": "Once upon", "max_tokens": 16, "stop": "."], endpoint: .completions)
        #expect(
            body == [
                "contents": [["role": "user", "parts": [["text": "Once upon"]]]],
                "generationConfig": ["maxOutputTokens": 16, "stopSequences": ["."]],
            ])
    }

    // MARK: Files

    @Test func filesOfEveryKind() throws {
        var context = CallContext.sample
        context.remoteFiles["https://a.example/x"] = RemoteFile(mediaType: "image/webp", bytes: Array("hello".utf8))
        let contents = try GeminiCase.contents(
            [
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "Look:"],
                        ["type": "image_url", "image_url": ["url": "data:image/png;base64,aGk=", "detail": "low"]],
                        ["type": "image_url", "image_url": ["url": "https://a.example/x"]],
                        ["type": "image_url", "image_url": ["url": "https://youtu.be/abc"]],
                        ["type": "image_url", "image_url": ["url": "gs://bucket/cat.png"]],
                        ["type": "input_audio", "input_audio": ["data": "UklGRg==", "format": "wav"]],
                        [
                            "type": "file",
                            "file": ["file_data": "data:application/pdf;base64,JVBERg==", "filename": "a"],
                        ],
                        [
                            "type": "file",
                            "file": ["file_id": "https://generativelanguage.googleapis.com/v1beta/files/abc"],
                        ],
                    ],
                ]
            ], context: context)
        #expect(
            contents?[0]?["parts"] == [
                ["text": "Look:"],
                ["inlineData": ["mimeType": "image/png", "data": "aGk="]],
                ["inlineData": ["mimeType": "image/webp", "data": "aGVsbG8="]],
                ["fileData": ["fileUri": "https://youtu.be/abc", "mimeType": "video/mp4"]],
                ["fileData": ["fileUri": "gs://bucket/cat.png", "mimeType": "image/png"]],
                ["inlineData": ["mimeType": "audio/wav", "data": "UklGRg=="]],
                ["inlineData": ["mimeType": "application/pdf", "data": "JVBERg=="]],
                ["fileData": ["fileUri": "https://generativelanguage.googleapis.com/v1beta/files/abc"]],
            ])
    }

    @Test(arguments: [[], [0], [0, 1], [0, 1, 2], [0, 1, 2, 255], Array(0...255)] as [[UInt8]])
    func fetchedBytesAreEncodedWithPadding(bytes: [UInt8]) throws {
        var context = CallContext.sample
        context.remoteFiles["http://a.example"] = RemoteFile(mediaType: "image/png", bytes: bytes)
        let contents = try GeminiCase.contents(
            [["role": "user", "content": [["type": "image_url", "image_url": ["url": "http://a.example"]]]]],
            context: context)
        let text = contents?[0]?["parts"]?[0]?["inlineData"]?["data"]?.stringValue ?? "?"
        #expect(GeminiIndependent.base64(text) == bytes)
    }

    @Test func imagesThatWereNotFetchedAreTheClientsError() {
        let error = GeminiCase.refusal([
            "messages": [
                ["role": "user", "content": "x"],
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "y"],
                        ["type": "image_url", "image_url": ["url": "https://a.example/gone.png"]],
                    ],
                ],
            ]
        ])
        #expect(error?.status == 400)
        #expect(error?.param == "messages[1].content[1].image_url.url")
        #expect(error?.code == "invalid_image_url")
    }

    @Test func otherProvidersFileIDsAreRefused() {
        let error = GeminiCase.refusal([
            "messages": [["role": "user", "content": [["type": "file", "file": ["file_id": "file-abc"]]]]]
        ])
        #expect(error?.status == 400)
        #expect(error?.param == "messages[0].content[0].file.file_id")
    }
}
