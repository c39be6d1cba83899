import Foundation
import Testing
import WireJSON

@testable import FakeProvider

@Suite("Replaying recorded traffic", .timeLimit(.minutes(1)))
struct RecordingsTests {
    /// Recorded provider traffic; tests over it are skipped where it is absent.
    static let fixtures: URL = {
        if let path = ProcessInfo.processInfo.environment["MARTLET_FIXTURES"] {
            return URL(fileURLWithPath: path).appendingPathComponent("providers")
        }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent("../shared/fixtures/providers").standardizedFileURL
    }()

    static var hasFixtures: Bool {
        FileManager.default.fileExists(atPath: fixtures.appendingPathComponent("index.json").path)
    }

    private func withFolder(_ files: [String: String], _ body: (String) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("fake-\(UUID().uuidString)")
        for (name, text) in files {
            let file = root.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        defer { try? FileManager.default.removeItem(at: root) }
        try await body(root.path)
    }

    @Test("A folder of cases becomes answers by name; what cannot be read is left out")
    func folder() async throws {
        let files = [
            "openai/chat/meta.json":
                #"{"status":201,"response_headers":{"Content-Length":"99","x-a":"b","content-encoding":"gzip"},"content_type":"a/b"}"#,
            "openai/chat/response.json": "{}", "groq/stream/meta.json": #"{"status":200}"#,
            "groq/stream/response.sse": "data: 1\n\ndata: 2\n\n", "broken/meta.json": "{", "broken/response.json": "{}",
            "lonely/meta.json": "{}", "other/readme.md": "x",
        ]
        try await withFolder(files) { path in
            let cases = try Recordings.load(directory: path)
            #expect(cases.keys.sorted() == ["groq/stream", "openai/chat"])
            let chat = try #require(cases["openai/chat"])
            #expect(chat.status == 201)
            #expect(chat.headers == [FakeHeader("x-a", "b"), FakeHeader("content-type", "a/b")])
            #expect(chat.split == .whole)
            #expect(cases["groq/stream"]?.split == .events)
            var options = FakeProviderOptions()
            options.recordings = cases
            try await Harness.run(options) { fake in
                #expect(try await fake.chat(spec: "case=openai/chat").text == "{}")
                #expect(try await fake.chat(spec: "case=groq/stream").chunks.count == 2)
                let made = try await fake.post("/__fake/script", ["case": "openai/chat", "status": 202])
                #expect(made.status == 201)
                #expect(try await fake.chat().status == 202)
            }
        }
    }

    @Test("A folder that is not there is an error")
    func missingFolder() {
        #expect(throws: (any Error).self) { try Recordings.load(directory: "/nonexistent/nowhere") }
    }

    @Test("Every recorded answer is replayed byte for byte", .enabled(if: RecordingsTests.hasFixtures))
    func fixtures() async throws {
        let cases = try Recordings.load(directory: Self.fixtures.path)
        #expect(cases.count > 100)
        var options = FakeProviderOptions()
        options.recordings = cases
        try await Harness.run(options) { fake in
            for (name, recorded) in cases.sorted(by: { $0.key < $1.key }) {
                let answer = try await fake.chat(spec: "case=\(name)")
                #expect(answer.status == recorded.status, "\(name)")
                #expect(answer.body == recorded.body, "\(name)")
            }
        }
    }
}
