import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: images and files")
struct AnthropicMediaTests {
    private func block(_ part: JSONValue) throws -> JSONValue? {
        try Case.messages([Case.user([part, ["type": "text", "text": "?"]])])?[0]?["content"]?[0]
    }

    private func refusal(_ part: JSONValue) -> WireError? {
        Case.refusal([Case.user("a"), Case.user([["type": "text", "text": "?"], part])])
    }

    private func file(_ data: String, _ name: String? = nil) -> JSONValue {
        var file: JSONObject = ["file_data": .string(data)]
        if let name { file["filename"] = .string(name) }
        return ["type": "file", "file": .object(file)]
    }

    @Test(arguments: ["png", "jpeg", "gif", "webp"])
    func inlineImages(_ type: String) throws {
        let image: JSONValue = [
            "type": "image_url",
            "image_url": ["url": .string("data:image/\(type);base64,aGVsbG8="), "detail": "high"],
        ]
        #expect(
            try block(image) == [
                "type": "image",
                "source": ["type": "base64", "media_type": .string("image/\(type)"), "data": "aGVsbG8="],
            ])
    }

    @Test func missingPaddingIsAdded() throws {
        let image: JSONValue = ["type": "image_url", "image_url": ["url": "data:image/png;base64,aGVsbG8"]]
        #expect(try block(image)?["source"]?["data"] == "aGVsbG8=")
    }

    @Test func imagesByAddressAndTheirCacheControl() throws {
        let image: JSONValue = [
            "type": "image_url", "image_url": ["url": "https://example.com/a.png"],
            "cache_control": ["type": "ephemeral"],
        ]
        #expect(
            try block(image) == [
                "type": "image", "source": ["type": "url", "url": "https://example.com/a.png"],
                "cache_control": ["type": "ephemeral"],
            ])
    }

    @Test(arguments: ["data:image/svg+xml;base64,aGk=", "data:image/heic;base64,aGk=", "gs://bucket/a.png"])
    func imagesItCannotReadAreRefused(_ url: String) {
        let refusal = refusal(["type": "image_url", "image_url": ["url": .string(url)]])
        #expect(refusal?.status == 400)
        #expect(refusal?.param == "messages[1].content[1].image_url.url")
        #expect(refusal?.code == "unsupported_value")
    }

    @Test func documents() throws {
        #expect(
            try block(file("data:application/pdf;base64,JVBERi0=", "a.pdf")) == [
                "type": "document",
                "source": ["type": "base64", "media_type": "application/pdf", "data": "JVBERi0="], "title": "a.pdf",
            ])
    }

    @Test(arguments: [
        ("text/plain", "aGVsbG8=", "hello"), ("text/csv", "aGVsbA==", "hell"), ("application/json", "e30=", "{}"),
        ("text/markdown", "w6TDtg==", "äö"), ("application/ld+json", "W10", "[]"),
    ])
    func textFilesAreSentAsText(_ type: String, _ base64: String, _ text: String) throws {
        #expect(
            try block(file("data:\(type);base64,\(base64)")) == [
                "type": "document", "source": ["type": "text", "media_type": "text/plain", "data": .string(text)],
            ])
    }

    @Test func everyLengthOfBase64IsDecoded() throws {
        let texts = [
            ("YQ", "a"), ("YQ==", "a"), ("YWI", "ab"), ("YWI=", "ab"), ("YWJj", "abc"), ("YWJjZA", "abcd"),
            ("Pz8/Pj4+", "???>>>"),
        ]
        for (base64, text) in texts {
            #expect(try block(file("data:text/plain;base64,\(base64)"))?["source"]?["data"]?.stringValue == text)
        }
    }

    @Test func imagesAsFilesAreImages() throws {
        #expect(try block(file("data:image/png;base64,aGk="))?["type"] == "image")
    }

    @Test(arguments: ["data:application/zip;base64,aGk=", "data:text/plain;base64,//79"])
    func otherFilesAreRefused(_ data: String) {
        let refusal = refusal(file(data))
        #expect(refusal?.status == 400)
        #expect(refusal?.param == "messages[1].content[1].file.file_data")
    }

    @Test func uploadedFilesAndAudioAreRefused() {
        #expect(
            refusal(["type": "file", "file": ["file_id": "file-1"]])?.param == "messages[1].content[1].file.file_id")
        let audio = refusal(["type": "input_audio", "input_audio": ["data": "aGk=", "format": "wav"]])
        #expect(audio?.status == 400)
        #expect(audio?.param == "messages[1].content[1].input_audio")
    }
}
