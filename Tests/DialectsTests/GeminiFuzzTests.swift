import Dialects
import Foundation
import Testing
import WireJSON

/// Damaged input never traps, and never passes for an answer that it is not.
@Suite struct GeminiFuzzTests {
    private static let samples: [[JSONValue]] = [
        [
            GeminiCase.chunk([["text": "Let me think", "thought": true]], usage: ["promptTokenCount": 8]),
            GeminiCase.chunk([["text": "Hello"], ["functionCall": ["name": "f", "args": ["a": [1, nil, "x"]]]]]),
            GeminiCase.chunk(
                [["text": "", "thoughtSignature": "c2ln"]], finish: "STOP",
                usage: ["promptTokenCount": 8, "candidatesTokenCount": 4, "totalTokenCount": 12]),
        ],
        [
            GeminiCase.chunk([["functionCall": ["name": "f", "willContinue": true], "thoughtSignature": "s"]]),
            GeminiCase.chunk([
                [
                    "functionCall": [
                        "partialArgs": [["jsonPath": "$.a[0].b", "stringValue": "x", "willContinue": true]],
                        "willContinue": true,
                    ]
                ]
            ]),
            GeminiCase.chunk([["functionCall": [:]]]), GeminiCase.chunk([], finish: "MAX_TOKENS", index: 0),
        ],
        [["promptFeedback": ["blockReason": "OTHER"]]],
        [GeminiCase.chunk([["text": "a"]], index: 0), ["error": ["code": 500, "message": "x", "details": [[:]]]]],
    ]

    /// Server-sent events, and the array form.
    private static func forms(_ chunks: [JSONValue]) -> [[UInt8]] {
        [GeminiCase.events(chunks), JSONValue.array(chunks).bytes]
    }

    @Test(arguments: 0..<24 as Range<UInt64>) func damagedStreams(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let plan = GeminiCase.plan(stream: true, includeUsage: true, tools: ["f"])
        for form in Self.samples.flatMap(Self.forms) {
            for _ in 0..<15 {
                let bytes = Mutation.of(form, using: &generator)
                let make = { GeminiCase.dialect.makeStream(head: .of(200), plan: plan) }
                let stream = Driver.run(make(), bytes, split: .random(seed: generator.next(), most: 60))
                let transcript = StreamTranscript(stream.output, includeUsage: true, whole: stream.isComplete)
                // A call that was cut by the token limit ends with what there is.
                #expect(transcript.problems == [], "seed \(seed)")
                #expect(Driver.run(make(), bytes).text == stream.text, "seed \(seed): depends on the split")
                if stream.isComplete {
                    let text = String(decoding: bytes, as: UTF8.self)
                    #expect(text.contains("inishReason") || text.contains("lockReason"), "seed \(seed): no end")
                }
            }
        }
    }

    @Test(arguments: 0..<24 as Range<UInt64>) func cutStreamsAreNeverComplete(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let plan = GeminiCase.plan(stream: true, tools: ["f"])
        for form in Self.samples.flatMap(Self.forms) {
            let text = String(decoding: form, as: UTF8.self)
            let marker = text.range(of: "finishReason") ?? text.range(of: "blockReason")
            let limit = marker.map { text[..<$0.lowerBound].utf8.count } ?? form.count
            let cut = Array(form.prefix(generator.below(limit)))
            let stream = Driver.run(GeminiCase.dialect.makeStream(head: .of(200), plan: plan), cut)
            #expect(stream.failure != nil, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<16 as Range<UInt64>) func damagedAnswers(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for sample in Self.samples.flatMap({ $0 + [.array($0)] }) {
            for status in [200, 400, 429, 500] {
                let bytes = Mutation.of(sample.bytes, using: &generator)
                let head = AnswerHead.of(status, [("content-type", "application/json")])
                let outcome = GeminiCase.dialect.translate(bytes, head: head, plan: GeminiCase.plan(tools: ["f"]))
                if let answer = outcome.answer { #expect(OpenAIAnswerCheck.problems(in: answer.body) == []) }
                #expect(status == 200 || outcome.failure != nil)
                _ = GeminiCase.dialect.translate(bytes, head: head, plan: GeminiCase.plan(.embeddings))
            }
        }
    }

    @Test(arguments: 0..<24 as Range<UInt64>) func damagedRequests(seed: UInt64) throws {
        let request: JSONValue = [
            "model": "m", "n": 2, "temperature": 0.5, "reasoning_effort": "low", "stop": ["a"],
            "messages": [
                ["role": "system", "content": "S"],
                [
                    "role": "user",
                    "content": [
                        ["type": "text", "text": "x"],
                        ["type": "image_url", "image_url": ["url": "https://youtu.be/x"]],
                    ],
                ],
                [
                    "role": "assistant",
                    "tool_calls": [["id": "1", "type": "function", "function": ["name": "f", "arguments": "{}"]]],
                ],
                ["role": "tool", "tool_call_id": "1", "content": "{}"],
            ],
            "tools": [["type": "function", "function": ["name": "f", "parameters": ["type": "object"]]]],
            "tool_choice": "auto",
            "response_format": ["type": "json_schema", "json_schema": ["name": "n", "schema": [:]]],
        ]
        var generator = SplitMix64(seed: seed)
        for model in ["gemini-2.5-pro", "gemini-3.5-flash", "x"] {
            for _ in 0..<40 {
                let bytes = Mutation.of(request.bytes, most: 2, using: &generator)
                guard let request = try? ClientRequest(checking: bytes, endpoint: .chatCompletions) else { continue }
                let target = GeminiCase.target(model)
                _ = try? GeminiCase.dialect.remoteFiles(in: request, target: target)
                guard let call = try? GeminiCase.dialect.prepare(request, target: target, context: .sample) else {
                    continue
                }
                #expect(try JSONValue(parsing: call.body)["contents"]?.arrayValue?.isEmpty == false)
            }
        }
    }
}
