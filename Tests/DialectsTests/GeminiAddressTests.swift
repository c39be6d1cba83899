import Dialects
import Testing
import WireJSON

@testable import Dialects

@Suite struct GeminiAddressTests {
    @Test(arguments: [
        ("https://generativelanguage.googleapis.com/v1beta", "https://generativelanguage.googleapis.com/v1beta"),
        ("https://generativelanguage.googleapis.com", "https://generativelanguage.googleapis.com/v1beta"),
        ("https://generativelanguage.googleapis.com/v1beta/", "https://generativelanguage.googleapis.com/v1beta"),
        ("http://localhost:8080/v1", "http://localhost:8080/v1"),
        ("http://localhost:8080/v1alpha", "http://localhost:8080/v1alpha"),
        ("http://localhost:8080/google", "http://localhost:8080/google/v1beta"),
        ("http://localhost:8080/vertex", "http://localhost:8080/vertex/v1beta"),
        (
            "https://x.googleapis.com/v1/projects/p/locations/l/publishers/google",
            "https://x.googleapis.com/v1/projects/p/locations/l/publishers/google"
        ),
    ])
    func baseWithAndWithoutVersion(base: String, expected: String) {
        let url = GeminiAddress.url(base: base, model: "gemini-3.5-flash", method: .generate)
        #expect(url == expected + "/models/gemini-3.5-flash:generateContent")
    }

    @Test(arguments: [
        ("gemini-2.5-pro", "models/gemini-2.5-pro"),
        ("models/gemini-2.5-pro", "models/gemini-2.5-pro"),
        ("tunedModels/mine-1", "tunedModels/mine-1"),
        ("../../v1/files", "models/..%2F..%2Fv1%2Ffiles"),
        ("x:countTokens?y#z", "models/x%3AcountTokens%3Fy%23z"),
        ("modèle 1", "models/mod%C3%A8le%201"),
    ])
    func modelsStayInTheirSegment(model: String, resource: String) {
        #expect(GeminiAddress.resource(model) == resource)
    }

    @Test func methodFollowsTheRequest() throws {
        let messages: JSONValue = [["role": "user", "content": "Hi"]]
        let base = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash"
        #expect(try GeminiCase.call(["messages": messages]).url == base + ":generateContent")
        #expect(
            try GeminiCase.call(["messages": messages, "stream": true]).url == base + ":streamGenerateContent?alt=sse")
        #expect(
            try GeminiCase.call(["prompt": "Hi"], endpoint: .completions).url == base + ":generateContent")
    }

    @Test func keyTravelsInAHeader() {
        let headers = GeminiCase.dialect.headers(apiKey: "AIza-test")
        #expect(headers.map(\.name) == ["content-type", "x-goog-api-key"])
        #expect(headers.map(\.value) == ["application/json", "AIza-test"])
        #expect(GeminiCase.dialect.headers(apiKey: nil).map(\.name) == ["content-type"])
        #expect(GeminiCase.dialect.headers(apiKey: "").map(\.name) == ["content-type"])
    }

    @Test(arguments: [
        ("https://example.com/a.png", GeminiMedia.Source.fetch),
        ("HTTP://EXAMPLE.com/a.png", .fetch),
        ("https://youtu.be/abc", .google(mediaType: "video/mp4")),
        ("https://www.youtube.com/watch?v=abc", .google(mediaType: "video/mp4")),
        ("https://youtube.com:443/watch?v=abc", .google(mediaType: "video/mp4")),
        ("https://youtube.com@evil.example/x", .fetch),
        ("https://evil.example/?youtube.com/", .fetch),
        ("https://youtube.com.evil.example/x", .fetch),
        ("https://generativelanguage.googleapis.com/v1beta/files/abc", .google(mediaType: nil)),
        ("gs://bucket/a.JPG", .google(mediaType: "image/jpeg")),
        ("gs://bucket/a", .google(mediaType: nil)),
        ("ftp://example.com/a.png", .unsupported),
        ("https:///a.png", .unsupported),
        ("", .unsupported),
    ])
    func sourcesOfFiles(url: String, source: GeminiMedia.Source) {
        #expect(GeminiMedia.source(of: url) == source)
    }

    @Test func remoteFilesAreTheImagesGoogleCannotRead() throws {
        func image(_ url: String) -> JSONValue { ["type": "image_url", "image_url": ["url": .string(url)]] }
        let request = try ClientRequest.of([
            "model": "m",
            "messages": [
                ["role": "user", "content": [image("https://a.example/1.png"), image("https://youtu.be/x")]],
                [
                    "role": "user",
                    "content": [
                        image("https://b.example/2.png"), image("https://a.example/1.png"), image("gs://b/c.png"),
                        image("data:image/png;base64,aGk="),
                    ],
                ],
            ],
        ])
        let urls = try GeminiCase.dialect.remoteFiles(in: request, target: GeminiCase.target("gemini-2.5-pro"))
        #expect(urls == ["https://a.example/1.png", "https://b.example/2.png"])
    }

    @Test func escapedMemberNamesHideNoImage() throws {
        let text =
            #"{"model":"m","messages":[{"role":"user","content":[{"type":"image\u005furl","#
            + #""image\u005furl":{"url":"https:\/\/a.example\/1.png"}}]}]}"#
        let urls = try GeminiCase.dialect.remoteFiles(
            in: ClientRequest.of(text), target: GeminiCase.target("gemini-2.5-pro"))
        #expect(urls == ["https://a.example/1.png"])
    }

    @Test func requestsWithoutImagesNeedNoFiles() throws {
        let target = GeminiCase.target("gemini-2.5-pro")
        let chat = try ClientRequest.of(#"{"model":"m","messages":[{"role":"user","content":"see http://a.example"}]}"#)
        #expect(try GeminiCase.dialect.remoteFiles(in: chat, target: target) == [])
        let embeddings = try ClientRequest.of(#"{"model":"m","input":"image_url"}"#, .embeddings)
        #expect(try GeminiCase.dialect.remoteFiles(in: embeddings, target: target) == [])
    }
}
