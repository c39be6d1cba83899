import FakeProvider
import Testing
import WireJSON

@Suite("Many streams at once", .timeLimit(.minutes(2)))
struct LoadTests {
    @Test("A thousand streams are open at the same time and all end well")
    func thousand() async throws {
        try await Harness.run { fake in
            // Nobody gets a second chunk before everybody has asked.
            let body = Harness.chatBody("x", stream: true, model: "fake-chunks-5-size-20-ttft-2s")
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<1000 {
                    group.addTask {
                        let answer = try await fake.post("/v1/chat/completions", body)
                        return answer.isComplete && answer.deltaText.utf8.count == 100
                    }
                }
                var good = 0
                for try await isGood in group where isGood { good += 1 }
                #expect(good == 1000)
            }
            #expect(fake.server.connections.total == 1000)
            #expect(fake.server.connections.peak > 500)
            // The record stays within its bound.
            #expect(fake.server.requests.count == 512)
        }
    }
}
