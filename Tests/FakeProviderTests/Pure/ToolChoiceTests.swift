import Testing
import WireJSON

@testable import FakeProvider

@Suite("Tool calls of the fake model")
struct ToolChoiceTests {
    private func calls(
        _ text: String, _ choice: Prompt.ToolChoice = .auto, parallel: Bool = true, results: [String] = [],
        spec: String = ""
    ) throws -> [String] {
        var prompt = Prompt()
        prompt.take(TurnContent(text: text), isUser: true)
        prompt.tools = ["get_weather", "get_time"].map { Prompt.Tool(name: $0, schema: citySchema) }
        prompt.toolChoice = choice
        prompt.allowsParallelCalls = parallel
        prompt.toolResults = results
        var behaviour = FakeBehaviour()
        try behaviour.apply(FakeSpec.items(inHeader: spec))
        return ReplyBuilder(prompt: prompt, behaviour: behaviour).reply().first.calls.map(\.name)
    }

    @Test("A tool is called when the question names it, in any case and with spaces too")
    func named() throws {
        #expect(try calls("please GET_WEATHER in Recife") == ["get_weather"])
        #expect(try calls("please get weather in Recife") == ["get_weather"])
        #expect(try calls("good morning") == [])
    }

    @Test("Several named tools are called in parallel, unless that is forbidden")
    func parallel() throws {
        #expect(try calls("get_time and get_weather") == ["get_weather", "get_time"])
        #expect(try calls("get_time and get_weather", parallel: false) == ["get_weather"])
    }

    @Test("The tool choice rules")
    func choice() throws {
        #expect(try calls("get_time", .none) == [])
        #expect(try calls("hello", .required) == ["get_weather"])
        #expect(try calls("get_time", .required) == ["get_time"])
        #expect(try calls("hello", .named("get_time")) == ["get_time"])
        #expect(try calls("hello", .named("unknown")) == [])
    }

    @Test("After results the model answers with their text")
    func results() throws {
        #expect(try calls("get_time", results: ["12:00"]) == [])
        #expect(try calls("get_time", .required, results: ["12:00"]) == [])
        var prompt = Prompt()
        prompt.take(TurnContent(text: "get_time"), isUser: true)
        prompt.takeToolResult("12:00")
        #expect(DemoText(prompt: prompt).text.hasPrefix("The tool answered: 12:00."))
        prompt.takeToolResult("13:00")
        #expect(DemoText(prompt: prompt).text.hasPrefix("The tools answered: 1) 12:00; 2) 13:00."))
    }

    @Test("A new user turn forgets the results")
    func newTurn() {
        var prompt = Prompt()
        prompt.takeToolResult("12:00")
        prompt.take(TurnContent(text: "thanks"), isUser: true)
        #expect(prompt.toolResults.isEmpty)
    }

    @Test("A spec can force a call, even of a tool that was not declared")
    func forced() throws {
        #expect(try calls("hello", spec: "call=get_time") == ["get_time"])
        #expect(try calls("hello", spec: "call=undeclared") == ["undeclared"])
    }

    @Test("Arguments fit the schema; without one they are an empty object")
    func arguments() {
        var prompt = Prompt()
        prompt.take(TurnContent(text: "use a_tool and b_tool"), isUser: true)
        prompt.tools = [Prompt.Tool(name: "a_tool", schema: citySchema), Prompt.Tool(name: "b_tool", schema: nil)]
        let calls = ReplyBuilder(prompt: prompt, behaviour: FakeBehaviour()).reply().first.calls
        #expect(calls.map(\.arguments) == [["city": "demo"], .object([:])])
    }
}
