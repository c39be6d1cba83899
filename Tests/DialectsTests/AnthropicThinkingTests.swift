import Dialects
import Testing
import WireJSON

private typealias Case = AnthropicCase

@Suite("Anthropic: reasoning effort")
struct AnthropicThinkingTests {
    private func extras(_ effort: String, _ model: String, _ more: JSONObject = [:]) throws -> JSONValue {
        var members = more
        members["reasoning_effort"] = .string(effort)
        return try Case.extras(members, model: model)
    }

    private func adaptive(_ effort: JSONValue) -> JSONValue {
        ["thinking": ["type": "adaptive", "display": "summarized"], "output_config": ["effort": effort]]
    }

    @Test(arguments: [
        ("minimal", 1024), ("low", 1024), ("medium", 2048), ("high", 4096), ("xhigh", 8192), ("max", 16384),
    ])
    func olderModelsGetABudget(_ effort: String, _ budget: Int) throws {
        let expected: JSONValue = [
            "thinking": ["type": "enabled", "budget_tokens": .number(JSONNumber(budget))]
        ]
        #expect(try extras(effort, Case.Model.budget) == expected)
        #expect(try extras(effort, "claude-opus-4-5") == expected)
        // Related to a known model; of unknown limits, but with the room the client gives.
        #expect(try extras(effort, "claude-sonnet-4-0", ["max_tokens": 64_000]) == expected)
        #expect(try extras(effort, "claude-3-7-sonnet-latest", ["max_tokens": 64_000]) == expected)
    }

    @Test(
        arguments: [
            (100_000, 4096), (8192, 4096), (6000, 3000), (2048, 1024), (1500, 1024), (1025, 1024), (1024, nil),
            (16, nil),
        ] as [(Int, Int?)])
    func theBudgetLeavesRoomForTheAnswer(_ maxTokens: Int, _ budget: Int?) throws {
        let thinking = try extras("high", Case.Model.budget, ["max_tokens": .number(JSONNumber(maxTokens))])["thinking"]
        #expect(thinking?["budget_tokens"]?.intValue == budget)
        #expect((thinking == nil) == (budget == nil))
    }

    @Test func withoutThinkingNothingIsSent() throws {
        #expect(try extras("none", Case.Model.budget) == [:])
        #expect(try Case.extras([:]) == [:])
        #expect(try Case.extras([:], model: Case.Model.always) == [:])
        #expect(try extras("high", Case.Model.unknown) == [:])
        #expect(try extras("high", "claude-3-5-haiku-20241022") == [:])
    }

    @Test(arguments: [
        ("minimal", "low"), ("low", "low"), ("medium", "medium"), ("high", "high"), ("xhigh", "high"), ("max", "max"),
    ])
    func adaptiveModelsGetAnEffort(_ effort: String, _ sent: JSONValue) throws {
        #expect(try extras(effort, Case.Model.adaptive) == adaptive(sent))
    }

    @Test func newerOnesKnowOneLevelMore() throws {
        #expect(try extras("xhigh", "claude-opus-4-7") == adaptive("xhigh"))
        #expect(try extras("max", Case.Model.modern) == adaptive("max"))
        var capabilities = CapabilityTable.shared.capabilities(kind: .anthropic, model: "claude-opus-4-7")
        capabilities.effortMax = nil
        #expect(try Case.extras(["reasoning_effort": "max"], capabilities: capabilities) == adaptive("xhigh"))
    }

    @Test func thinkingIsSwitchedOffWherePossible() throws {
        #expect(try extras("none", Case.Model.adaptive) == ["thinking": ["type": "disabled"]])
        #expect(
            try extras("none", Case.Model.always)
                == ["thinking": ["type": "adaptive"], "output_config": ["effort": "low"]])
    }

    @Test func clientsCanHideOrDemandTheText() throws {
        #expect(
            try extras("high", Case.Model.adaptive, ["include_reasoning": false])
                == ["thinking": ["type": "adaptive"], "output_config": ["effort": "high"]])
        #expect(
            try Case.extras(["include_reasoning": true], model: Case.Model.always)
                == ["thinking": ["type": "adaptive", "display": "summarized"]])
    }

    @Test func anthropicsOwnMemberDecides() throws {
        let own: JSONValue = ["type": "enabled", "budget_tokens": 3000]
        #expect(try Case.extras(["thinking": own, "temperature": 0.3]) == ["thinking": own])
        #expect(
            try Case.extras(["thinking": own, "reasoning_effort": "low", "max_tokens": 4000], model: "claude-opus-4-5")
                == ["thinking": own])
        #expect(
            try Case.extras(["thinking": own, "max_tokens": 3000])
                == ["thinking": ["type": "enabled", "budget_tokens": 1500]])
        #expect(try Case.extras(["thinking": own, "max_tokens": 1000]) == [:])
        let off: JSONValue = ["type": "disabled"]
        #expect(
            try Case.extras(["thinking": off, "temperature": 0.3], model: Case.Model.adaptive)
                == ["thinking": off, "temperature": 0.3])
        #expect(try Case.extras(["thinking": off], model: Case.Model.always) == [:])
        #expect(try Case.extras(["thinking": "on"]) == [:])
    }

    @Test func thePlanKnowsThatTheModelThinks() throws {
        func thinks(_ members: JSONObject, _ model: String) throws -> Bool {
            var members = members
            members["messages"] = [Case.user("Hi")]
            return try Case.call(members, model: model).plan.thinking
        }
        #expect(try thinks(["reasoning_effort": "low"], Case.Model.budget))
        #expect(try thinks(["reasoning_effort": "low"], Case.Model.adaptive))
        #expect(try thinks([:], Case.Model.always))
        #expect(try !thinks([:], Case.Model.adaptive))
        #expect(try !thinks(["reasoning_effort": "none"], Case.Model.adaptive))
    }
}
