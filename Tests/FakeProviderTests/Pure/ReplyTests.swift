import Testing
import WireJSON

@testable import FakeProvider

@Suite("Replies")
struct ReplyTests {
    private func prompt(_ text: String, _ change: (inout Prompt) -> Void = { _ in }) -> Prompt {
        var prompt = Prompt()
        prompt.take(TurnContent(text: text), isUser: true)
        change(&prompt)
        return prompt
    }

    private func reply(_ prompt: Prompt, _ spec: String = "") throws -> Reply {
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inHeader: spec))
        return ReplyBuilder(prompt: prompt, behaviour: behaviour).reply()
    }

    @Test("The default answer repeats the question, says that it is a demo, and ends politely")
    func echo() throws {
        let text = try reply(prompt("The sky is olá")).first.text
        #expect(text.contains("The sky is olá"))
        #expect(text.contains("demo model"))
        #expect(text.hasSuffix("Have a nice day!"))
        #expect(try reply(prompt("Is it late?")).first.text.contains("You asked"))
    }

    @Test(
        "Simple requests get simple answers",
        arguments: [
            ("Hello!", "Nice to meet you"), ("bom dia", "Nice to meet you"), ("Count from 1 to 3", "1, 2, 3."),
            ("What is 2 + 2?", "2 + 2 is 4."), ("7 times 6", "7 times 6 is 42."), ("9 - 10", "9 - 10 is -1."),
        ])
    func riddles(question: String, answer: String) throws {
        #expect(try reply(prompt(question)).first.text.contains(answer))
    }

    @Test(
        "`say X` is answered with exactly X",
        arguments: [
            ("say hello world", "hello world"), ("Reply with: pong", "pong"), ("repeat \"a  b\"", "a  b"),
            ("Echo é", "é"),
        ])
    func exact(question: String, answer: String) throws {
        #expect(try reply(prompt(question)).first.text == answer)
    }

    @Test("A sum that overflows is no sum")
    func overflow() throws {
        #expect(try reply(prompt("9223372036854775807 + 1")).first.text.contains("You said"))
    }

    @Test("Texts are streamed word by word, and the words make the text")
    func words() {
        #expect(ReplyBuilder.words("one two  three") == ["one", " two", " ", " three"])
        #expect(ReplyBuilder.words(" a") == [" a"])
        #expect(ReplyBuilder.words("") == [])
        #expect(ReplyBuilder.words("olá señor 日本").joined() == "olá señor 日本")
    }

    @Test("Parts of a size never cut a character", arguments: [1, 2, 3, 5, 100])
    func parts(size: Int) {
        let text = "naïve 日本語 🏴‍☠️ end"
        let parts = ReplyBuilder.parts(of: text, bytes: size)
        #expect(parts.joined() == text)
        #expect(parts.allSatisfy { !$0.contains("\u{FFFD}") })
    }

    @Test("A stop string ends the text before it, the earliest one first")
    func stop() throws {
        let cut = try reply(prompt("say one two three") { $0.stop = ["three", "two"] })
        #expect(cut.first.text == "one ")
        #expect(cut.first.finish == .stop)
        #expect(cut.first.stopSequence == "two")
        #expect(try reply(prompt("say one") { $0.stop = ["zzz", ""] }).first.stopSequence == nil)
    }

    @Test("A limit cuts the text and sets the finish reason", arguments: [1, 2, 3])
    func limit(tokens: Int) throws {
        let cut = try reply(prompt("say one two three four five") { $0.maxTokens = tokens })
        #expect(cut.first.finish == .length)
        #expect(cut.first.text.utf8.count <= tokens * 4)
        #expect(cut.usage.completion == tokens)
    }

    @Test("A limit that is not reached changes nothing; neither does an absurd one", arguments: [100, Int.max])
    func wideLimit(tokens: Int) throws {
        #expect(try reply(prompt("say one") { $0.maxTokens = tokens }).first.finish == .stop)
    }

    @Test("Several choices differ")
    func choices() throws {
        let several = try reply(prompt("say one") { $0.choices = 3 })
        #expect(several.choices.map(\.text) == ["one", "(choice 2) one", "(choice 3) one"])
        #expect(try reply(prompt("say one") { $0.choices = -4 }).choices.count == 1)
        #expect(try reply(prompt("say one") { $0.choices = 100_000 }).choices.count == 128)
        #expect(try reply(prompt("say one") { $0.choices = 100 }, "huge=1k").choices.count == 1)
    }

    @Test("The usage numbers are bytes by four, images extra, and can be set")
    func usage() throws {
        let plain = try reply(prompt("say 12345678"))
        #expect(plain.usage == Reply.Usage(prompt: 3, completion: 2, cached: 0, reasoning: 0))
        let image = try reply(prompt("say a") { $0.media = [.init(kind: .image, mediaType: nil)] })
        #expect(image.usage.prompt == 2 + 85)
        let set = try reply(prompt("say a"), "in=1000;out=500;cached=100")
        #expect(set.usage == Reply.Usage(prompt: 1000, completion: 500, cached: 100, reasoning: 0))
    }

    @Test("Thoughts are counted as reasoning, within the completion")
    func thoughts() throws {
        let thinking = try reply(prompt("say a"), "thinking=3")
        #expect(thinking.thoughts.count == 3)
        #expect(thinking.usage.reasoning > 0)
        #expect(thinking.usage.completion == thinking.usage.reasoning + 1)
    }

    @Test("Images, documents and audio are described")
    func media() throws {
        var asked = prompt("look")
        asked.media = [
            .init(kind: .image, mediaType: "image/png"), .init(kind: .image, mediaType: nil),
            .init(kind: .document, mediaType: "application/pdf"), .init(kind: .audio, mediaType: "wav"),
        ]
        let text = try reply(asked).first.text
        #expect(text.contains("2 images (image/png, a link) and 1 document (application/pdf) and 1 audio clip"))
    }

    @Test("Chunks, sizes and huge answers have exactly the bytes asked for")
    func sizes() throws {
        let chunks = try reply(prompt("x"), "chunks=7;size=24").first.pieces
        #expect(chunks.count == 7)
        #expect(chunks.allSatisfy { $0.utf8.count == 24 })
        #expect(try reply(prompt("x"), "huge=100k").first.text.utf8.count == 102_400)
        #expect(try reply(prompt("x"), "huge=10;size=4").first.pieces.map(\.utf8.count) == [4, 4, 2])
        #expect(try reply(prompt("x"), "huge=0").first.text.isEmpty)
    }

    @Test("Stamped pieces begin with the mark")
    func stamps() throws {
        for spec in ["chunks=2;size=24;stamp", "stamp"] {
            let pieces = try reply(prompt("say a b"), spec).first.pieces
            #expect(pieces.count == 2)
            #expect(pieces.allSatisfy { $0.hasPrefix("@0000000000000000 ") })
        }
    }

    @Test("JSON formats are answered with JSON")
    func formats() throws {
        let object = try reply(prompt("say hi") { $0.format = .object }).first.text
        #expect(try JSONValue(parsing: object)["answer"]?.stringValue == "hi")
        let schema = try reply(prompt("x") { $0.format = .schema(citySchema) }).first.text
        #expect(schema == #"{"city":"demo"}"#)
    }

    @Test("Refusals, exact texts and finish reasons can be asked for")
    func outcomes() throws {
        #expect(try reply(prompt("x"), "refusal").first.refusal != nil)
        #expect(try reply(prompt("x"), "text=exactly%20this").first.text == "exactly this")
        #expect(try reply(prompt("say a"), "finish=length").first.finish == .length)
        let filtered = try reply(prompt("say a"), "finish=content_filter").first
        #expect(filtered.finish == .contentFilter)
        #expect(!filtered.text.isEmpty)
    }
}
