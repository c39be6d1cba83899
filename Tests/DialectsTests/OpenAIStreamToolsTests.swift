import Dialects
import Testing
import WireJSON

/// Tool calls in streams, in all the ways providers number and cut them.
@Suite struct OpenAIStreamToolsTests {
    typealias Call = StreamTranscript.ToolCall

    private func calls(_ payloads: [String], kind: ProviderKind = .openaiCompatible) -> [Call] {
        let stop = OpenAIChunks.chunk("{}", finish: #""tool_calls""#)
        return OpenAIChunks.transcript(payloads + [stop, OpenAIChunks.done], kind: kind).toolCalls
    }

    static let start0 = #"{"index":0,"id":"c0","type":"function","function":{"name":"f","arguments":""}}"#
    static let start1 = #"{"index":1,"id":"c1","type":"function","function":{"name":"g","arguments":""}}"#
    static func more(_ index: Int, _ text: String) -> String {
        #"{"index":\#(index),"function":{"arguments":"\#(text)"}}"#
    }

    @Test func relaysProperCallsByteForByte() {
        let payloads =
            [Self.start0, Self.more(0, #"{\"a\""#), Self.more(0, ":1}"), Self.start1, Self.more(1, "{}")].map {
                OpenAIChunks.tools($0)
            }
        let all =
            [OpenAIChunks.role] + payloads + [OpenAIChunks.chunk("{}", finish: #""tool_calls""#), OpenAIChunks.done]
        #expect(OpenAIChunks.run(all).output == OpenAIChunks.bytes(all))
        #expect(
            calls(payloads) == [
                Call(id: "c0", name: "f", arguments: #"{"a":1}"#), Call(id: "c1", name: "g", arguments: "{}"),
            ])
    }

    @Test(arguments: ["stop", "tool_calls", "tool_use", "end_turn"])
    func endsWithToolCalls(_ reason: String) {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.tools(Self.start0), OpenAIChunks.tools(Self.more(0, "{}")),
            OpenAIChunks.chunk("{}", finish: "\"\(reason)\""), OpenAIChunks.done,
        ])
        #expect(transcript.finish == "tool_calls")
    }

    @Test func keepsLengthWithACutCall() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.tools(Self.start0), OpenAIChunks.chunk("{}", finish: #""length""#), OpenAIChunks.done,
        ])
        #expect(transcript.finish == "length")
        #expect(transcript.toolCalls == [Call(id: "c0", name: "f", arguments: "")])
    }

    @Test func acceptsWholeCallsInOneDelta() {
        let whole =
            #"{"index":0,"id":"c0","type":"function","function":{"name":"f","arguments":"{}"}},"#
            + #"{"index":1,"id":"c1","type":"function","function":{"name":"g","arguments":"{\"x\":2}"}}"#
        let expected = [Call(id: "c0", name: "f", arguments: "{}"), Call(id: "c1", name: "g", arguments: #"{"x":2}"#)]
        #expect(calls([OpenAIChunks.tools(whole)]) == expected)
        let last = OpenAIChunks.transcript([OpenAIChunks.tools(whole, finish: #""stop""#), OpenAIChunks.done])
        #expect(last.toolCalls == expected)
        #expect(last.finish == "tool_calls")
    }

    @Test func numbersCallsThatAllSayZero() {
        let fragments = ["c0", "c1", "c2"].map {
            #"{"index":0,"id":"\#($0)","type":"function","function":{"name":"f","arguments":"{}"}}"#
        }
        #expect(calls(fragments.map { OpenAIChunks.tools($0) }).map(\.id) == ["c0", "c1", "c2"])
        #expect(calls([OpenAIChunks.tools(fragments.joined(separator: ","))]).map(\.id) == ["c0", "c1", "c2"])
        let cut = ["c0", "c1"].flatMap { id in
            [
                #"{"index":0,"id":"\#(id)","type":"function","function":{"name":"f","arguments":"["}}"#,
                Self.more(0, "1"), Self.more(0, ","), Self.more(0, "2"), Self.more(0, "]"),
            ]
        }
        #expect(calls(cut.map { OpenAIChunks.tools($0) }).map(\.arguments) == ["[1,2]", "[1,2]"])
    }

    @Test func numbersCallsFromOne() {
        let fragments = [
            #"{"index":1,"id":"a","type":"function","function":{"name":"f","arguments":""}}"#, Self.more(1, "["),
            Self.more(1, "1,"), Self.more(1, "2"), Self.more(1, "]"),
            #"{"index":4,"id":"b","type":"function","function":{"name":"g","arguments":""}}"#, Self.more(4, "["),
            Self.more(4, "3"), Self.more(4, "]"),
        ]
        #expect(
            calls(fragments.map { OpenAIChunks.tools($0) }) == [
                Call(id: "a", name: "f", arguments: "[1,2]"), Call(id: "b", name: "g", arguments: "[3]"),
            ])
    }

    @Test func doesWithoutIndices() {
        let fragments = [
            #"{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":"}}"#,
            #"{"function":{"arguments":"1}"}}"#,
            #"{"id":"b","type":"function","function":{"name":"f","arguments":""}}"#,
            #"{"index":null,"function":{"arguments":"{}"}}"#,
        ]
        #expect(
            calls(fragments.map { OpenAIChunks.tools($0) }) == [
                Call(id: "a", name: "f", arguments: #"{"x":1}"#), Call(id: "b", name: "f", arguments: "{}"),
            ])
    }

    @Test func ignoresRepeatedIDsAndNames() {
        let fragments = [#"{\"x\""#, ":", "1}"].map {
            #"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"\#($0)"}}"#
        }
        #expect(calls(fragments.map { OpenAIChunks.tools($0) }) == [Call(id: "a", name: "f", arguments: #"{"x":1}"#)])
    }

    @Test func ignoresEmptyIDsAndNames() {
        let fragments = [
            Self.start0, #"{"index":0,"id":"","function":{"name":"","arguments":"{"}}"#,
            #"{"index":0,"id":null,"type":null,"function":{"name":null,"arguments":"}"}}"#,
        ]
        #expect(calls(fragments.map { OpenAIChunks.tools($0) }) == [Call(id: "c0", name: "f", arguments: "{}")])
    }

    @Test func keepsTheFirstIDOfACallThatChangesIt() {
        let fragments = [
            Self.start0, #"{"index":0,"id":"random-1","function":{"arguments":"{"}}"#,
            #"{"index":0,"id":"random-2","function":{"arguments":"}"}}"#,
        ]
        #expect(calls(fragments.map { OpenAIChunks.tools($0) }) == [Call(id: "c0", name: "f", arguments: "{}")])
    }

    @Test func inventsIDs() {
        let fragments = [
            #"{"index":0,"type":"function","function":{"name":"f","arguments":"{}"}}"#,
            #"{"index":1,"id":"","type":"function","function":{"name":"f","arguments":"{}"}}"#,
        ]
        let made = calls(fragments.map { OpenAIChunks.tools($0) })
        #expect(made.map(\.arguments) == ["{}", "{}"])
        #expect(made.allSatisfy { $0.id.hasPrefix("call_") })
        #expect(Set(made.map(\.id)).count == 2)
        #expect(calls(fragments.map { OpenAIChunks.tools($0) }) == made, "ids must be stable")
    }

    /// Google's compatible endpoint: whole calls, all with index 0 and no id, also of one function.
    @Test func tellsCallsWithoutIDsApart() {
        let fragments = ["1", "2"].map {
            #"{"index":0,"id":"","type":"function","function":{"name":"f","arguments":"{\"n\":\#($0)}"}}"#
        }
        #expect(calls(fragments.map { OpenAIChunks.tools($0) }).map(\.arguments) == [#"{"n":1}"#, #"{"n":2}"#])
        // One call, though, whose name is repeated while its arguments are still open.
        let parts = [#"{\"n\""#, ":3}"].map {
            #"{"index":0,"function":{"name":"f","arguments":"\#($0)"}}"#
        }
        #expect(calls(parts.map { OpenAIChunks.tools($0) }).map(\.arguments) == [#"{"n":3}"#])
        // Two of one name, each in many parts.
        let cut = [1, 2].flatMap { number in
            [
                #"{"index":0,"function":{"name":"f","arguments":"["}}"#, Self.more(0, "\(number)"), Self.more(0, ","),
                Self.more(0, "9"), Self.more(0, "]"),
            ]
        }
        #expect(calls(cut.map { OpenAIChunks.tools($0) }).map(\.arguments) == ["[1,9]", "[2,9]"])
        let others = ["f", "g"].map { #"{"index":0,"function":{"name":"\#($0)","arguments":"{}"}}"# }
        #expect(calls(others.map { OpenAIChunks.tools($0) }).map(\.name) == ["f", "g"])
    }

    @Test func tellsCallsOfOneIDApart() {
        let fragments = [0, 1].map {
            #"{"index":\#($0),"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}"#
        }
        let made = calls(fragments.map { OpenAIChunks.tools($0) })
        #expect(made.count == 2)
        #expect(made.first?.id == "call_1")
    }

    @Test func waitsForTheName() {
        let fragments = [
            #"{"index":0,"id":"a","type":"function"}"#, #"{"index":0,"function":{"arguments":"{\"x\""}}"#,
            #"{"index":0,"function":{"name":"f","arguments":":1"}}"#, #"{"index":0,"function":{"arguments":"}"}}"#,
        ]
        let whole = [#"{"index":0,"id":"a","type":"function","function":{}}"#] + fragments.dropFirst()
        #expect(calls(whole.map { OpenAIChunks.tools($0) }) == [Call(id: "a", name: "f", arguments: #"{"x":1}"#)])
    }

    @Test func acceptsALateID() {
        let fragments = [
            #"{"index":0,"type":"function","function":{"arguments":"["}}"#,
            #"{"index":0,"id":"late","function":{"name":"f","arguments":"1"}}"#, Self.more(0, "]"),
        ]
        #expect(calls(fragments.map { OpenAIChunks.tools($0) }) == [Call(id: "late", name: "f", arguments: "[1]")])
    }

    @Test func givesBareCallsEmptyArguments() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.tools(Self.start0), OpenAIChunks.tools(Self.more(0, "")),
            OpenAIChunks.chunk("{}", finish: #""tool_calls""#),
            OpenAIChunks.done,
        ])
        #expect(transcript.toolCalls == [Call(id: "c0", name: "f", arguments: "{}")])
        let inLast = OpenAIChunks.transcript([OpenAIChunks.tools(Self.start0, finish: #""stop""#), OpenAIChunks.done])
        #expect(inLast.toolCalls == [Call(id: "c0", name: "f", arguments: "{}")])
        #expect(inLast.finish == "tool_calls")
    }

    /// Clients join arguments by index, so parts may come for a call that is not the latest.
    @Test func joinsInterleavedArguments() throws {
        let stop = OpenAIChunks.chunk("{}", finish: #""tool_calls""#)
        let stream = OpenAIChunks.run(
            [Self.start0, Self.start1, Self.more(0, "[1"), Self.more(1, "[2"), Self.more(0, "]"), Self.more(1, "]")].map
            {
                OpenAIChunks.tools($0)
            } + [stop, OpenAIChunks.done])
        let choice = try #require(OpenAIRecordedStream(stream.output).choices[0])
        #expect(choice.toolCalls.map(\.arguments) == ["[1]", "[2]"])
        let bare = OpenAIChunks.run(
            [Self.start0, Self.start1].map { OpenAIChunks.tools($0) } + [stop, OpenAIChunks.done])
        #expect(OpenAIRecordedStream(bare.output).choices[0]?.toolCalls.map(\.arguments) == ["{}", "{}"])
    }

    @Test func acceptsArgumentsAsAnObject() {
        let fragment = #"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":{"x":"\"q\""}}}"#
        #expect(calls([OpenAIChunks.tools(fragment)]) == [Call(id: "a", name: "f", arguments: #"{"x":"\"q\""}"#)])
        let null = #"{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":null}}"#
        #expect(calls([OpenAIChunks.tools(null)]) == [Call(id: "a", name: "f", arguments: "{}")])
    }

    @Test func addsTheMissingType() {
        let fragment = #"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#
        #expect(calls([OpenAIChunks.tools(fragment)]).map(\.name) == ["f"])
    }

    @Test func keepsThoughtSignatures() {
        let fragment =
            #"{"index":0,"id":"","type":"function","function":{"name":"f","arguments":"{}"},"#
            + #""extra_content":{"google":{"thought_signature":"sig"}}}"#
        #expect(calls([OpenAIChunks.tools(fragment)]).first?.thoughtSignature == "sig")
    }

    @Test func relaysCustomToolCalls() {
        let payloads = [
            OpenAIChunks.role,
            OpenAIChunks.tools(#"{"index":0,"id":"c","type":"custom","custom":{"name":"sql","input":""}}"#),
            OpenAIChunks.tools(#"{"index":0,"custom":{"input":"SELECT"}}"#),
            OpenAIChunks.chunk("{}", finish: #""tool_calls""#), OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(payloads).output == OpenAIChunks.bytes(payloads))
    }

    @Test func mixesTextAndCalls() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.role, OpenAIChunks.text("Let me "), OpenAIChunks.text("look."),
            OpenAIChunks.chunk(#"{"content":" Now.","tool_calls":[\#(Self.start0)]}"#),
            OpenAIChunks.tools(Self.more(0, "{}")),
            OpenAIChunks.text("!"), OpenAIChunks.stop, OpenAIChunks.done,
        ])
        #expect(transcript.content == "Let me look. Now.!")
        #expect(transcript.toolCalls == [Call(id: "c0", name: "f", arguments: "{}")])
    }

    @Test func dropsFragmentsOfNoCall() {
        let transcript = OpenAIChunks.transcript([
            OpenAIChunks.text("a"), OpenAIChunks.tools(#"{"index":0}"#), OpenAIChunks.tools("{}"),
            OpenAIChunks.tools("7,null"), OpenAIChunks.stop,
            OpenAIChunks.done,
        ])
        #expect(transcript.toolCalls == [])
        #expect(transcript.finish == "stop")
    }

    @Test func keepsTheOldFunctionCall() {
        let payloads = [
            OpenAIChunks.role, OpenAIChunks.chunk(#"{"function_call":{"name":"f","arguments":""}}"#),
            OpenAIChunks.chunk(#"{"function_call":{"arguments":"{}"}}"#),
            OpenAIChunks.chunk("{}", finish: #""function_call""#),
            OpenAIChunks.done,
        ]
        #expect(OpenAIChunks.run(payloads).output == OpenAIChunks.bytes(payloads))
    }
}
