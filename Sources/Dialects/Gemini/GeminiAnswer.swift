import WireJSON

/// A whole answer of `generateContent`.
enum GeminiAnswer {
    static func translate(_ body: [UInt8], head: AnswerHead, plan: AnswerPlan) -> AnswerOutcome {
        guard let value = try? JSONValue(parsing: body), value.objectValue != nil || value.arrayValue != nil else {
            return .failure(
                ProviderFailure(
                    .server, upstreamStatus: head.status, message: "The provider's answer could not be read."))
        }
        var reply = GeminiReply(plan: plan, head: head)
        var choices: [Int: ChatAnswerBuilder.Choice] = [:]
        do throws(ProviderFailure) {
            // An array is an answer in pieces, or an error in brackets.
            for document in value.arrayValue ?? [value] { collect(try reply.read(document), into: &choices) }
            let (rest, finishes) = try reply.close(isWhole: value.arrayValue == nil)
            collect(rest, into: &choices)
            var answer = ChatAnswerBuilder(plan: plan)
            answer.id = reply.answerID
            answer.model = reply.model
            answer.usage = reply.usage
            for (position, finish) in finishes.enumerated() {
                var choice = choices[finish.choice] ?? ChatAnswerBuilder.Choice()
                choice.finish = finish.reason
                choice.logprobs = GeminiLogprobs.openAI(of: value, candidate: finish.choice)
                if position == 0 { answer.setFirst(choice) } else { answer.addChoice(choice) }
            }
            return .answer(
                TranslatedAnswer(body: answer.body(), usage: answer.usageOrEstimate, thoughts: reply.thoughts))
        } catch {
            return .failure(error)
        }
    }

    private static func collect(
        _ sayings: [GeminiReply.Saying], into choices: inout [Int: ChatAnswerBuilder.Choice]
    ) {
        for (index, event) in sayings {
            switch event {
            case .text(let text): choices[index, default: .init()].content = (choices[index]?.content ?? "") + text
            case .reasoning(let text):
                choices[index, default: .init()].reasoning = (choices[index]?.reasoning ?? "") + text
            case .call(let call): choices[index, default: .init()].toolCalls.append(call)
            }
        }
    }
}

extension ChatAnswerBuilder {
    fileprivate mutating func setFirst(_ choice: Choice) {
        content = choice.content
        reasoning = choice.reasoning
        toolCalls = choice.toolCalls
        finish = choice.finish
        logprobs = choice.logprobs
    }
}
