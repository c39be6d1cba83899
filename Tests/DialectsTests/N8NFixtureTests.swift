import Dialects
import Foundation
import Testing
import WireJSON

/// Bodies as n8n writes them, from its source and from public reports.
@Suite struct N8NFixtureTests {
    /// What an answer says, read with Foundation's parser; nil where it is no answer.
    private static func said(_ fixture: Fixture, _ body: [UInt8]) -> String? {
        if fixture.features.contains("async_ack") { return nil }
        func text(_ value: Any?) -> String? {
            if let elements = value as? [Any] { return elements.compactMap(text).joined(separator: "\n") }
            guard let object = value as? [String: Any] else { return value as? String }
            return text(["output", "text", "response", "answer"].compactMap { object[$0] }.first)
        }
        let value = try? JSONSerialization.jsonObject(with: Data(body))
        return text(value) ?? String(decoding: body, as: UTF8.self)
    }

    static let whole = Fixture.all("n8n") { $0.status == 200 && !$0.streaming }
    static let streams = Fixture.all("n8n") { $0.status == 200 && $0.streaming }
    static let errors = Fixture.all("n8n") { $0.status != 200 }

    @Test(.enabled(if: Fixture.areAvailable), arguments: whole)
    func wholeAnswers(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let expected = Self.said(fixture, body)
        let outcome = N8NCase.dialect.translate(body, head: fixture.head, plan: N8NCase.plan())
        let stream = Driver.everySplit(body) {
            N8NCase.dialect.makeStream(head: fixture.head, plan: N8NCase.plan(stream: true, includeUsage: true))
        }
        guard let expected else {
            #expect(outcome.failure?.failureClass == .misconfigured)
            #expect(stream.failure?.failureClass == .misconfigured)
            return
        }
        let answer = try #require(outcome.answer)
        #expect(OpenAIAnswerCheck.problems(in: answer.body) == [])
        #expect(answer.firstMessage["content"]?.stringValue == expected)
        let transcript = StreamTranscript(stream.output, includeUsage: true)
        #expect(transcript.problems == [])
        #expect(transcript.content == expected)
        #expect(stream.usage == .estimate(promptBytes: 40, completionBytes: expected.utf8.count))
    }

    /// The items' contents, read line by line with Foundation's parser.
    private static func independent(_ body: [UInt8]) -> String {
        let lines = String(decoding: body, as: UTF8.self).components(separatedBy: "\n")
        return lines.reduce(into: "") { text, line in
            guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                object["type"] as? String == "item", let content = object["content"] as? String
            else { return }
            let inner = try? JSONSerialization.jsonObject(with: Data(content.utf8)) as? [String: Any]
            text += inner?["output"] as? String ?? content
        }
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: streams)
    func streamedAnswers(_ fixture: Fixture) throws {
        let body = try #require(fixture.response)
        let expected = Self.independent(body)
        #expect(!expected.isEmpty)
        let stream = Driver.everySplit(body) {
            N8NCase.dialect.makeStream(head: fixture.head, plan: N8NCase.plan(stream: true, includeUsage: true))
        }
        let isError = fixture.features.contains("stream_error")
        let transcript = StreamTranscript(stream.output, includeUsage: true, whole: !isError)
        #expect(transcript.problems == [])
        #expect(transcript.content == expected)
        #expect(stream.deliveredBytes == expected.utf8.count)
        let joined = N8NCase.dialect.translate(body, head: fixture.head, plan: N8NCase.plan())
        guard !isError else {
            #expect(stream.failure?.failureClass == .server)
            #expect(joined.failure?.failureClass == .server)
            return
        }
        #expect(stream.isComplete)
        #expect(stream.usage == .estimate(promptBytes: 40, completionBytes: expected.utf8.count))
        #expect(transcript.usage == stream.usage.map { .object($0.openAI) })
        // The same body to a client that did not ask for a stream.
        #expect(joined.answer?.firstMessage["content"]?.stringValue == expected)
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: errors)
    func errorAnswers(_ fixture: Fixture) throws {
        let expected: [String: FailureClass] = [
            "error-403-authorization-wrong": .auth, "error-403-ip-not-whitelisted": .auth,
            "error-404-not-registered": .misconfigured, "error-404-wrong-method": .misconfigured,
            "error-500-could-not-start": .server, "error-500-error-in-workflow": .server,
        ]
        let body = try #require(fixture.response)
        let failure = try #require(
            N8NCase.dialect.translate(body, head: fixture.head, plan: N8NCase.plan()).failure)
        #expect(failure.failureClass == expected[fixture.name])
        #expect(failure.upstreamStatus == fixture.status)
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        #expect(failure.message == object?["message"] as? String ?? String(decoding: body, as: UTF8.self))
    }

    @Test(.enabled(if: Fixture.areAvailable), arguments: Fixture.all("n8n") { $0.status == 200 })
    func requestsHoldWhatTheChatTriggerReads(_ fixture: Fixture) throws {
        let recorded = try JSONValue(parsing: #require(fixture.request))
        let sent = try N8NCase.body([
            "messages": try #require(recorded["messages"]), "session_id": try #require(recorded["sessionId"]),
        ])
        for name in ["chatInput", "messages"] { #expect(sent[name] == recorded[name]) }
        // The client's own name, behind the scope that keeps tenants apart.
        let session = try #require(recorded["sessionId"]?.stringValue)
        #expect(sent["sessionId"]?.stringValue?.hasSuffix("-" + session) == true)
    }
}
