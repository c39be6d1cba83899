import Testing

@testable import Upstream

@Suite("Head collector")
struct HeadCollectorTests {
    private func take(_ line: String, _ collector: inout HeadCollector) -> HeadCollector.Outcome {
        Array(line.utf8).withUnsafeBytes { collector.take($0) }
    }

    private func collect(_ lines: [String]) -> (HeadCollector, [HeadCollector.Outcome]) {
        var collector = HeadCollector()
        let outcomes = lines.map { self.take($0, &collector) }
        return (collector, outcomes)
    }

    @Test("Keeps the header lines and the status, not the status line")
    func plain() {
        let (collector, outcomes) = self.collect(["HTTP/1.1 201 Created\r\n", "A: 1\r\n", "b:2\r\n", "\r\n"])
        #expect(outcomes == [.more, .more, .more, .complete])
        #expect(collector.status == 201)
        #expect(collector.isComplete)
        #expect(collector.raw.text == "A: 1\r\nb:2\r\n")
    }

    @Test("Interim responses leave no trace")
    func interim() {
        let (collector, outcomes) = self.collect([
            "HTTP/1.1 100 Continue\r\n", "X: interim\r\n", "\r\n", "HTTP/1.1 103 Early Hints\r\n", "Link: a\r\n",
            "\r\n",
            "HTTP/1.1 200 OK\r\n", "Y: final\r\n", "\r\n",
        ])
        #expect(outcomes.filter { $0 == .complete }.count == 1)
        #expect(outcomes.last == .complete)
        #expect(collector.raw.text == "Y: final\r\n")
    }

    @Test("Trailers are ignored")
    func trailers() {
        var (collector, _) = self.collect(["HTTP/1.1 200 OK\r\n", "A: 1\r\n", "\r\n"])
        #expect(self.take("Trailer: x\r\n", &collector) == .more)
        #expect(self.take("\r\n", &collector) == .more)
        #expect(collector.raw.text == "A: 1\r\n")
    }

    @Test("Bare line feeds become CR LF, folded lines are joined")
    func repairs() {
        let (collector, _) = self.collect(["HTTP/1.1 200 OK\n", "A: 1\n", "B: start\r\n", "  rest\r\n", "\n"])
        #expect(collector.isComplete)
        #expect(collector.raw.text == "A: 1\r\nB: start  rest\r\n")
    }

    @Test(
        "HTTP/2 status lines", arguments: [("HTTP/2 429 \r\n", 429), ("HTTP/2 200\r\n", 200), ("HTTP/1.1 2x0 \r\n", 0)])
    func status(line: String, expected: Int) {
        var collector = HeadCollector()
        _ = self.take(line, &collector)
        #expect(collector.status == expected)
    }

    @Test("Without a status nothing is complete")
    func noStatus() {
        let (collector, outcomes) = self.collect(["A: 1\r\n", "\r\n"])
        #expect(outcomes == [.more, .more])
        #expect(!collector.isComplete)
    }

    @Test("A head without end is refused")
    func tooLarge() {
        var collector = HeadCollector()
        _ = self.take("HTTP/1.1 200 OK\r\n", &collector)
        let line = "X: " + String(repeating: "x", count: 1_000) + "\r\n"
        let outcomes = (0..<300).map { _ in self.take(line, &collector) }
        #expect(outcomes.first == .more)
        #expect(outcomes.last == .tooLarge)
    }

    @Test("Random lines never trap and never complete twice")
    func fuzz() {
        var random = SplitMix64(seed: 7)
        let pieces = [
            "HTTP/1.1 200 OK", "HTTP/", "\r\n", "\n", " fold", "\t", "A: b", "", "HTTP/1.1 100 C", "HTTP/2 99999",
        ]
        for _ in 0..<2_000 {
            var collector = HeadCollector()
            var completions = 0
            for _ in 0..<12 {
                let line = (pieces.randomElement(using: &random) ?? "") + (pieces.randomElement(using: &random) ?? "")
                if self.take(line, &collector) == .complete { completions += 1 }
            }
            #expect(completions <= 1)
        }
    }
}
