import WireJSON

/// A whole answer of a workflow, in any of the response modes.
enum N8NAnswer {
    static func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        guard 200..<300 ~= head.status else { return .failure(N8NError.failure(body, head: head)) }
        do throws(ProviderFailure) {
            var answer = ChatAnswerBuilder(plan: plan)
            answer.content = try text(of: body, head: head)
            return .answer(TranslatedAnswer(body: answer.body(), usage: answer.usageOrEstimate))
        } catch {
            return .failure(error)
        }
    }

    private static func text(of body: [UInt8], head: AnswerHead) throws(ProviderFailure) -> String {
        if let text = try joinedLines(of: body) { return text }
        if let value = try? JSONValue(parsing: body) {
            try refuseReceipt(value, head)
            if let text = N8NText.text(of: value) { return text }
        } else if !body.allSatisfy(N8NText.isSpace) {
            guard let text = String(validating: body, as: UTF8.self) else {
                throw nothing("The workflow answered with a file instead of text.", head)
            }
            return text
        }
        throw nothing("The workflow answered without any data.", head)
    }

    /// A workflow that streams although nobody asked for it; nil if the body is something else.
    private static func joinedLines(of body: [UInt8]) throws(ProviderFailure) -> String? {
        let lines = body.split(whereSeparator: N8NLine.isLineEnd).lazy.map(Array.init)
        guard let first = lines.first(where: { !N8NLine.isEmpty($0) }), N8NLine.opensStream(first) else { return nil }
        var transcript = N8NTranscript()
        var text = ""
        for line in lines { text += try transcript.read(line) ?? "" }
        try transcript.close()
        return text
    }

    /// Messages that n8n itself sends in place of an answer.
    private static func refuseReceipt(_ value: JSONValue, _ head: AnswerHead) throws(ProviderFailure) {
        guard let object = value.objectValue, object.count == 1, let message = object["message"]?.stringValue else {
            return
        }
        if message == "Workflow was started" {
            throw nothing(
                "The workflow is asynchronous: its webhook responds immediately. It must respond when its last "
                    + "node finishes, or with a Respond to Webhook node.", head)
        }
        if message.hasPrefix("Workflow executed successfully but") {
            throw nothing(ProviderMessage.clean(message), head)
        }
    }

    private static func nothing(_ message: String, _ head: AnswerHead) -> ProviderFailure {
        ProviderFailure(.misconfigured, upstreamStatus: head.status, message: message)
    }
}
