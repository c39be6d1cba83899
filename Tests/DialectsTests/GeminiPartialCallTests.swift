import Dialects
import Testing
import WireJSON

@testable import Dialects

/// Arguments in pieces (`partialArgs`).
@Suite struct GeminiPartialCallTests {
    private static func piece(
        _ path: String, _ kind: String, _ value: JSONValue, goesOn: Bool = false
    ) -> JSONValue {
        var piece: JSONObject = ["jsonPath": .string(path)]
        piece[kind] = value
        if goesOn { piece["willContinue"] = true }
        return .object(piece)
    }

    private static func collected(_ pieces: [JSONValue]) throws -> (value: JSONValue, isBroken: Bool) {
        var call = GeminiPartialCall(id: nil, name: "f", signature: nil, arguments: [:])
        for piece in pieces { call.add(piece) }
        return (try JSONValue(parsing: call.text), call.isBroken)
    }

    @Test func everyKindOfValue() throws {
        let (value, isBroken) = try Self.collected([
            Self.piece("$.s", "stringValue", "a"), Self.piece("$.n", "numberValue", 0.5),
            Self.piece("$.b", "boolValue", true), Self.piece("$.z", "nullValue", "NULL_VALUE"),
            Self.piece("$.z2", "nullValue", nil), Self.piece("$.list[0].x", "numberValue", 1),
            Self.piece("$.list[1].x", "numberValue", 2), Self.piece("$.list[0].y", "stringValue", "q"),
            Self.piece("$.deep.er[0][0]", "stringValue", "d"), Self.piece("$['a b']", "numberValue", 3),
            Self.piece(#"$["it\"s"].c"#, "numberValue", 4), ["jsonPath": "$.unknown", "newValue": 1],
        ])
        #expect(
            value == [
                "s": "a", "n": 0.5, "b": true, "z": nil, "z2": nil,
                "list": [["x": 1, "y": "q"], ["x": 2]], "deep": ["er": [["d"]]], "a b": 3, "it\"s": ["c": 4],
            ])
        #expect(!isBroken)
    }

    @Test func stringsContinue() throws {
        let (value, _) = try Self.collected([
            Self.piece("$.s", "stringValue", "He", goesOn: true), Self.piece("$.s", "stringValue", "llo", goesOn: true),
            Self.piece("$.s", "stringValue", ""), Self.piece("$.t", "stringValue", "a"),
            Self.piece("$.t", "stringValue", "b"),
        ])
        #expect(value == ["s": "Hello", "t": "b"])
    }

    @Test(arguments: [
        "$", "", "s", "$s", "$.", "$.a.", "$..a", "$[", "$[]", "$[x]", "$[-1]", "$[1", "$['a]", "$['a'", "$[5]",
        "$.a[1]", "$[99999999999999999999]", "$[4000000000000000000]", "$" + String(repeating: ".a", count: 65),
    ])
    func pathsThatCannotBeFollowed(path: String) throws {
        #expect(try Self.collected([Self.piece(path, "numberValue", 1)]).isBroken)
        let chunk = GeminiCase.chunk(
            [["functionCall": ["name": "f", "partialArgs": [Self.piece(path, "numberValue", 1)]]]], finish: "STOP")
        let stream = GeminiCase.stream([chunk], GeminiCase.plan(stream: true, tools: ["f"]))
        #expect(stream.failure?.failureClass == .modelFailure)
        #expect(stream.output.isEmpty)
    }

    @Test func everyWayToEndACall() throws {
        func part(_ call: JSONObject) -> JSONValue {
            GeminiCase.chunk([["functionCall": .object(call)]])
        }
        let open: JSONObject = ["name": "f", "willContinue": true]
        func argument(_ n: Int, goesOn: Bool = true) -> JSONValue {
            var call: JSONObject = ["partialArgs": [Self.piece("$.n", "numberValue", .number(JSONNumber(n)))]]
            if goesOn { call["willContinue"] = true }
            return part(call)
        }
        let stream = GeminiCase.stream(
            [
                part(open), argument(1), part([:]),  // an empty call
                part(open), argument(2, goesOn: false), part([:]),  // no willContinue
                part(open), argument(3), part(open), argument(4),  // the next call; the end of the stream
                GeminiCase.chunk([["text": ""]], finish: "STOP"),
            ], GeminiCase.plan(stream: true, tools: ["f"]))
        let transcript = StreamTranscript(stream.output)
        #expect(transcript.problems == [])
        #expect(transcript.toolCalls.map(\.arguments) == [#"{"n":1}"#, #"{"n":2}"#, #"{"n":3}"#, #"{"n":4}"#])
        #expect(transcript.finish == "tool_calls")
    }

    @Test func argumentsGivenAtTheStartAreKept() {
        let chunk = GeminiCase.chunk(
            [
                ["functionCall": ["name": "f", "args": ["a": 1], "willContinue": true]],
                [
                    "functionCall": ["partialArgs": [Self.piece("$.b", "numberValue", 2)]],
                    "thoughtSignature": "late",
                ],
            ], finish: "STOP")
        let stream = GeminiCase.stream([chunk], GeminiCase.plan(stream: true, tools: ["f"]))
        let transcript = StreamTranscript(stream.output)
        #expect(transcript.toolCalls.map(\.arguments) == [#"{"a":1,"b":2}"#])
        #expect(transcript.toolCalls.first?.thoughtSignature == "late")
        #expect(stream.thoughts.map(\.payload) == ["late"])
    }

    @Test func piecesWithoutACallAreNothing() {
        let chunk = GeminiCase.chunk(
            [["functionCall": ["partialArgs": [Self.piece("$.b", "numberValue", 2)]]], ["text": "x"]], finish: "STOP")
        #expect(StreamTranscript(GeminiCase.stream([chunk]).output).toolCalls == [])
    }
}
