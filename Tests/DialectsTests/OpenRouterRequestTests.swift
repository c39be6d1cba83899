import Dialects
import Testing
import WireJSON

/// What OpenRouter takes differently (contracts, section 2.4).
@Suite struct OpenRouterRequestTests {
    private let target = OpenAIRequestTests.target(.openrouter, model: "anthropic/claude-haiku-4.5")

    private func context(_ kind: ProviderKind = .openrouter) -> CallContext {
        CallContext(created: 1, idSeed: "s") { id in
            id == "c1"
                ? ThoughtRecord(toolCallID: id, kind: kind, payload: #"[{"type":"reasoning.text","text":"hm"}]"#) : nil
        }
    }

    private func turn(_ members: String, id: String = "c1") -> String {
        #"{"role":"assistant","content":null,"tool_calls":[{"id":"\#(id)","type":"function","function":"#
            + #"{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"f","#
            + #""arguments":"{}"}}]\#(members)}"#
    }

    private func sent(_ message: String, _ context: CallContext) throws -> String {
        let json = #"{"model":"anthropic/claude-haiku-4.5","messages":[{"role":"user","content":"Hi"},\#(message)]}"#
        return String(decoding: try OpenAIRequestTests.call(json, target, context: context).body, as: UTF8.self)
            .replacing(#"{"model":"anthropic/claude-haiku-4.5","messages":[{"role":"user","content":"Hi"},"#, with: "")
    }

    private let details = #","reasoning_details":[{"type":"reasoning.text","text":"hm"}]"#

    @Test func givesReasoningBack() throws {
        #expect(try sent(turn(""), context()) == turn(details) + "]}")
        #expect(try sent(turn(#","reasoning_details":null"#), context()) == turn(details) + "]}")
    }

    @Test func keepsTheClientsOwn() throws {
        let own = turn(#","reasoning_details":[{"type":"reasoning.encrypted","data":"x"}]"#)
        #expect(try sent(own, context()) == own + "]}")
    }

    @Test func addsNothingItDoesNotKnow() throws {
        #expect(try sent(turn("", id: "other"), context()) == turn("", id: "other") + "]}")
        #expect(try sent(turn(""), context(.anthropic)) == turn("") + "]}")
        let plain = #"{"role":"assistant","content":"Hello"}"#
        #expect(try sent(plain, context()) == plain + "]}")
        let odd = #"{"role":"assistant","tool_calls":[7]}"#
        #expect(try sent(odd, context()) == odd + "]}")
    }

    @Test func passesItsOwnMembersOn() throws {
        let json =
            #"{"model":"anthropic/claude-haiku-4.5","models":["a/b"],"provider":{"order":["x"]},"transforms":[],"#
            + #""plugins":[{"id":"web"}],"reasoning":{"effort":"high"},"usage":{"include":true},"#
            + #"\#(OpenAIRequestTests.messages)}"#
        #expect(try OpenAIRequestTests.body(json, target) == json)
    }
}
