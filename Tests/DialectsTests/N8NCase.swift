import Dialects
import Testing
import WireJSON

/// Shorthands of the n8n tests.
enum N8NCase {
    static let dialect = N8NDialect()

    static let target: Target = Target(
        provider: "flows", kind: .n8n, baseURL: "https://n8n.example", model: "support",
        chatURL: "https://n8n.example/webhook/chat", completionsURL: "https://n8n.example/webhook/complete")

    static func call(
        _ members: JSONObject, target: Target = target, context: CallContext = .sample,
        endpoint: Endpoint = .chatCompletions
    ) throws -> ProviderCall {
        var members = members
        if members["model"] == nil { members["model"] = "client-model" }
        return try dialect.prepare(ClientRequest.of(.object(members), endpoint), target: target, context: context)
    }

    static func body(
        _ members: JSONObject, context: CallContext = .sample, endpoint: Endpoint = .chatCompletions
    ) throws -> JSONValue {
        try JSONValue(parsing: call(members, context: context, endpoint: endpoint).body)
    }

    static func plan(
        _ endpoint: Endpoint = .chatCompletions, stream: Bool = false, includeUsage: Bool = false
    ) -> AnswerPlan {
        var plan = AnswerPlan.sample(endpoint, kind: .n8n, stream: stream, includeUsage: includeUsage)
        plan.promptBytes = 40
        return plan
    }

    static func translate(
        _ body: String, status: Int = 200, headers: [(name: String, value: String)] = []
    ) -> AnswerOutcome {
        dialect.translate(Array(body.utf8), head: .of(status, headers), plan: plan())
    }

    /// The text of a whole answer; nil if it is a failure.
    static func text(_ body: String) -> String? {
        guard let answer = translate(body).answer else { return nil }
        return answer.firstMessage["content"]?.stringValue
    }

    static func stream(
        _ body: String, _ plan: AnswerPlan = plan(stream: true), sourceLocation: SourceLocation = #_sourceLocation
    ) -> DrivenStream {
        Driver.everySplit(Array(body.utf8), sourceLocation: sourceLocation) {
            dialect.makeStream(head: .of(200, [("content-type", "application/json; charset=utf-8")]), plan: plan)
        }
    }

    static func line(_ type: String, _ content: JSONValue? = nil) -> String {
        var line: JSONObject = ["type": .string(type)]
        if let content { line["content"] = content }
        line["metadata"] = ["nodeId": "1", "nodeName": "AI Agent", "itemIndex": 0, "runIndex": 0, "timestamp": 1]
        return JSONValue.object(line).text + "\n"
    }
}
