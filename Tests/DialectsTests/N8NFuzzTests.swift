import Dialects
import Testing
import WireJSON

/// Damaged input never traps, and a stream that lost its end never passes for a whole one.
@Suite struct N8NFuzzTests {
    private static let stream =
        N8NCase.line("begin") + N8NCase.line("item", "Hello é") + N8NCase.line("item", #"{"output":"x"}"#)
        + N8NCase.line("end") + N8NCase.line("begin") + N8NCase.line("item", "!") + N8NCase.line("end")

    private static let samples = [
        stream, stream.split(separator: "\n").map { "data: " + $0 + "\n\n" }.joined(),
        #"[{"output":"a"},{"response":{"text":"{\"text\":\"b\"}"}}]"#, #"{"message":"Workflow was started"}"#,
        "Plain text\nin two lines", #"{"choices":[{"message":{"content":"x"}}]}"#,
        N8NCase.line("begin") + N8NCase.line("error", "failed"),
    ]

    @Test(arguments: 0..<24 as Range<UInt64>) func damagedBodies(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for sample in Self.samples {
            for _ in 0..<15 {
                let bytes = Mutation.of(Array(sample.utf8), using: &generator)
                let make = {
                    N8NCase.dialect.makeStream(head: .of(200), plan: N8NCase.plan(stream: true, includeUsage: true))
                }
                let stream = Driver.run(make(), bytes, split: .random(seed: generator.next(), most: 60))
                let transcript = StreamTranscript(stream.output, includeUsage: true, whole: stream.isComplete)
                #expect(transcript.problems == [], "seed \(seed)")
                #expect(Driver.run(make(), bytes).text == stream.text, "seed \(seed): depends on the split")

                let outcome = N8NCase.dialect.translate(bytes, head: .of(200), plan: N8NCase.plan())
                if let answer = outcome.answer {
                    #expect(OpenAIAnswerCheck.problems(in: answer.body) == [], "seed \(seed)")
                    // Both ways agree on what was said.
                    #expect(stream.isComplete, "seed \(seed)")
                    #expect(transcript.content == answer.firstMessage["content"]?.stringValue, "seed \(seed)")
                } else {
                    #expect(stream.failure == outcome.failure, "seed \(seed)")
                }
                let error = N8NCase.dialect.translate(bytes, head: .of(500), plan: N8NCase.plan())
                #expect(error.failure?.failureClass == .server)
            }
        }
    }

    @Test func everyCutIsFound() {
        let bytes = Array(Self.stream.utf8)
        let ends = Self.stream.split(separator: "\n", omittingEmptySubsequences: false).reduce(into: [Int]()) {
            ends, line in
            ends.append((ends.last ?? -1) + 1 + line.utf8.count)
        }
        // Only behind an end line (with or without its line end) could the answer be over.
        let allowed = Set([ends[3], ends[3] + 1, ends[6], ends[6] + 1])
        for cut in 0...bytes.count where cut < ends[0] || !allowed.contains(cut) {
            let body = Array(bytes.prefix(cut))
            let stream = Driver.run(N8NCase.dialect.makeStream(head: .of(200), plan: N8NCase.plan(stream: true)), body)
            // Before the first line is whole, the bytes are indistinguishable from plain text.
            if cut < ends[0] { continue }
            #expect(stream.failure != nil, "cut at \(cut)")
        }
    }

    @Test(arguments: 0..<16 as Range<UInt64>) func damagedRequests(seed: UInt64) throws {
        let request: JSONValue = [
            "model": "m", "user": "u", "metadata": ["session_id": "s"],
            "messages": [
                ["role": "system", "content": "S"], ["role": "user", "content": [["type": "text", "text": "x"]]],
            ],
        ]
        var generator = SplitMix64(seed: seed)
        for _ in 0..<60 {
            let bytes = Mutation.of(request.bytes, most: 2, using: &generator)
            guard let request = try? ClientRequest(checking: bytes, endpoint: .chatCompletions),
                let call = try? N8NCase.dialect.prepare(request, target: N8NCase.target, context: .sample)
            else { continue }
            let body = try JSONValue(parsing: call.body)
            #expect(body.objectValue?.count == 9, "seed \(seed)")
            #expect(body["sessionId"]?.stringValue?.isEmpty == false, "seed \(seed)")
        }
    }
}
