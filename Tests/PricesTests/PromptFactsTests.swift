import Dialects
import Testing
import WireJSON

@testable import Prices

@Suite struct PromptFactsTests {
    @Test func countsTextBytesAndCaps() throws {
        let messages = "[{\"role\":\"user\",\"content\":\"hello\"}]"
        let facts = PromptFacts(try Samples.chat(messages, more: ",\"temperature\":1,\"user\":\"someone\""))
        #expect(facts.textBytes == messages.utf8.count)
        #expect(facts.media.isEmpty)
        #expect(facts.choices == 1)
        #expect(facts.maxTokens == nil)

        let tools = "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}]"
        let more = ",\"tools\":\(tools),\"n\":3,\"max_tokens\":50,\"max_completion_tokens\":70"
        let full = PromptFacts(try Samples.chat(messages, more: more))
        #expect(full.textBytes == messages.utf8.count + tools.utf8.count)
        #expect(full.choices == 3)
        #expect(full.maxTokens == 70)
        #expect(PromptFacts(try Samples.chat(messages, more: ",\"max_tokens\":50")).maxTokens == 50)
        let null = ",\"max_tokens\":50,\"max_completion_tokens\":null,\"n\":null"
        #expect(PromptFacts(try Samples.chat(messages, more: null)).maxTokens == 50)
        // Escapes in names.
        #expect(PromptFacts(try Samples.chat(messages, more: ",\"m\\u0061x_tokens\":9")).maxTokens == 9)
    }

    @Test(arguments: [
        ("\"hello world\"", 13, 0, 1), ("[\"a\",\"b, [c\",\"d\\\"\"]", 19, 0, 3), ("[1,22,333]", 0, 3, 1),
        ("[7]", 0, 1, 1),
        ("[[1,2],[3]]", 0, 3, 2), (" [ [1, 2 ] , [ 3 ] ] ", 0, 3, 2),
    ])
    func readsPromptsAndInputs(_ value: String, _ bytes: Int, _ ids: Int, _ count: Int) throws {
        let completion = PromptFacts(
            try Samples.request("{\"model\":\"m\",\"prompt\":\(value),\"n\":2}", endpoint: .completions))
        #expect(completion.textBytes == bytes)
        #expect(completion.tokenIDs == ids)
        #expect(completion.choices == 2 * count)
        let embedding = PromptFacts(
            try Samples.request("{\"model\":\"m\",\"input\":\(value)}", endpoint: .embeddings))
        #expect(embedding.textBytes == bytes)
        #expect(embedding.tokenIDs == ids)
        #expect(embedding.choices == 1)
    }

    @Test func findsMedia() throws {
        let parts = [
            "{\"type\":\"text\",\"text\":\"what is \\\"image_url\\\": {\\\"url\\\": \\\"x\\\"}?\"}",
            Samples.image(Samples.png(800, 600, padding: 9000), detail: "low"),
            "{\"type\":\"image_url\", \"image_url\" : { \"detail\" : \"high\" , \"url\" : \"https://x.y/a_b.png\" } }",
            Samples.audio(Samples.wav(bytes: 32_000, perSecond: 32_000)),
            "{\"type\":\"file\",\"file\":{\"filename\":\"a_b.pdf\",\"file_data\":\"data:application/pdf;base64,"
                + Samples.base64(Array(repeating: 1, count: 5000)) + "\"}}",
            "{\"type\":\"file\",\"file\":{\"file_id\":\"file-1\"}}",
            "{\"type\":\"image_url\",\"image_url\":\"https://a.b/c.png\"}",
        ]
        let request = try Samples.chat(parts: parts)
        let facts = PromptFacts(request)
        #expect(
            facts.media == [
                .image(PixelSize(width: 800, height: 600), .low), .image(nil, .high), .audio(milliseconds: 1000),
                .file(bytes: 5000, isText: false), .file(bytes: nil, isText: false), .image(nil, .auto),
            ])
        // What is left is text: far less than the 70 KB of the body, more than the first part.
        #expect(request.body.count > 60_000)
        #expect(facts.textBytes < 900)
        #expect(facts.textBytes > 400)
    }

    @Test func textWithTheNamesIsText() throws {
        for text in ["image_url", "_", "\\\"image_url\\\":\\\"x\\\"", "\\\\", "file_id input_audio", "\\u005f"] {
            let messages = "[{\"role\":\"user\",\"content\":\"\(text)\"},{\"role\":\"user\",\"content\":[]}]"
            let facts = PromptFacts(try Samples.chat(messages))
            #expect(facts.media.isEmpty)
            #expect(facts.textBytes == messages.utf8.count)
        }
    }

    @Test func readsEscapedDataURIs() throws {
        let encoded = Samples.base64(Samples.png(320, 200)).map { $0 == "/" ? "\\/" : String($0) }.joined()
        let part = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image\\/png;base64,\(encoded)\"}}"
        let facts = PromptFacts(try Samples.chat(parts: [part]))
        #expect(facts.media == [.image(PixelSize(width: 320, height: 200), .auto)])
        let text = "{\"type\":\"file\",\"file\":{\"file_data\":\"DATA:text/plain;base64,aGVsbG8=\"}}"
        #expect(PromptFacts(try Samples.chat(parts: [text])).media == [.file(bytes: 5, isText: true)])
    }

    @Test(arguments: [
        "{}", "{\"url\":5}", "{\"url\":null}", "5", "null", "[]", "{\"url\":[{\"url\":\"x\"}]}", "\"\"",
        "{\"url\":\"\"}",
        "{\"url\":\"data:\"}", "{\"url\":\"data:,\"}", "{\"url\":\"data:image/png;base64,!!!!\"}",
    ])
    func survivesMalformedParts(_ value: String) throws {
        let facts = PromptFacts(try Samples.chat(parts: ["{\"type\":\"image_url\",\"image_url\":\(value)}"]))
        #expect(facts.media.allSatisfy { $0 == .image(nil, .auto) })
        #expect(facts.textBytes > 0)
        let audio = PromptFacts(try Samples.chat(parts: ["{\"input_audio\":\(value),\"file_data\":\(value)}"]))
        #expect(audio.media.count <= 2)
    }

    /// Ranges that do not belong to the body, and bodies that are no JSON.
    @Test func survivesWhatNoScanHasSeen() throws {
        var random = SplitMix64(seed: 5)
        let base = try Samples.chat(parts: [
            Samples.image(Samples.png(8, 8)), Samples.audio(Samples.mp3(bytes: 40)), "{\"file_id\":\"x\"}",
        ])
        for _ in 0..<4000 {
            var request = base
            for _ in 0...random.below(5) where !request.body.isEmpty {
                let place = random.below(request.body.count)
                switch random.below(3) {
                case 0: request.body[place] = Array("\"\\{}[]:,_0a".utf8)[random.below(11)]
                case 1: request.body.remove(at: place)
                default: request.body.removeLast(random.below(request.body.count / 8 + 1))
                }
            }
            let facts = PromptFacts(request)
            #expect(facts.textBytes >= 0)
            #expect(facts.choices >= 1)
            var estimator = TokenEstimator()
            #expect(estimator.promptTokens(facts, kind: .openai, model: "gpt-4o") > 0)
        }
        var empty = base
        empty.body = []
        #expect(PromptFacts(empty).textBytes == 0)
    }

    @Test func boundsTheMediaOfOneRequest() throws {
        let part = "{\"image_url\":\"https://a.b/c\"}"
        let facts = PromptFacts(try Samples.chat(parts: Array(repeating: part, count: 5000)))
        #expect(facts.media.count == 4096)
        #expect(facts.textBytes > 904 * part.utf8.count)
    }

    @Test func hugeNumbersAreBounded() throws {
        let more = ",\"n\":99999999999999999999,\"max_tokens\":9007199254740991"
        let members = try JSONMembers(scanning: Array("{\"messages\":[]\(more)}".utf8))
        let request = ClientRequest(
            endpoint: .chatCompletions, body: Array("{\"messages\":[]\(more)}".utf8), members: members, model: "m",
            stream: false, includeUsage: false)
        let facts = PromptFacts(request)
        #expect(facts.choices == 1)
        #expect(facts.maxTokens == TokenUsage.maximumTokens)
        #expect(PromptFacts.product(.max, 2) == TokenUsage.maximumTokens)
    }
}
