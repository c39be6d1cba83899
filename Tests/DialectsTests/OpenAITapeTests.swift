import Testing
import WireJSON

@testable import Dialects

/// The scan below the relay, and edits by position.
@Suite struct OpenAITapeTests {
    private static let samples: [String] = [
        #"{"id":"x","choices":[{"index":0,"delta":{"content":"a\n\u00e9é€😀"},"finish_reason":null}],"#
            + #""usage":{"a":[1,-2.5e+3]}}"#,
        #" { "choices" : [ { "delta" : { "tool_calls" : [ { "index" : 0, "function" : { "name" : "f" } } ] } } ] } "#,
        #"{"data":[{"embedding":[0.1,-2e-5],"index":0}],"x":{"y":[{},[],"",true,false,null]}}"#, "{}",
    ]

    /// Accepts what `JSONMembers` accepts; what only the scan accepts is a duplicate it has no interest in, or
    /// half a surrogate pair.
    @Test(arguments: 0..<4)
    func agreesWithTheOtherScanner(_ sample: Int) {
        var generator = SplitMix64(seed: UInt64(sample) + 11)
        var tape = AnswerTape()
        for round in 0..<2000 {
            let original = Array(Self.samples[sample].utf8)
            let bytes = round == 0 ? original : Mutation.of(original, using: &generator)
            let fault = Self.fault(bytes)
            let accepts = (try? tape.scan(bytes)) != nil
            switch fault {
            case nil: #expect(accepts || Self.hasDuplicates(bytes), "\(String(decoding: bytes, as: UTF8.self))")
            case .duplicateMember, .badEscape: break
            default: #expect(!accepts, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    private static func fault(_ bytes: [UInt8]) -> JSONError.Kind? {
        do throws(JSONError) {
            _ = try JSONMembers(scanning: bytes)
            return nil
        } catch {
            return error.kind
        }
    }

    private static func hasDuplicates(_ bytes: [UInt8]) -> Bool { fault(bytes) == .duplicateMember("") }

    @Test func tellsCutFromMalformed() {
        let bytes = Array(Self.samples[0].utf8)
        var tape = AnswerTape()
        for length in 0..<bytes.count {
            #expect(throws: AnswerFlaw.cut) { try tape.scan(Array(bytes[..<length])) }
        }
        for text in ["x", "[]", "{]", "{\"a\" 1}", "{\"a\":1 2}", "{\"a\":tru}", "{\"a\":+1}", "{\"a\":1.}", "{} {}"] {
            #expect(throws: AnswerFlaw.malformed) { try tape.scan(Array(text.utf8)) }
        }
    }

    @Test func findsMembers() throws {
        let bytes = Array(Self.samples[0].utf8)
        var tape = AnswerTape()
        try tape.scan(bytes)
        let members = ChunkMembers(tape)
        let id = try #require(members.id)
        #expect(tape[id].spells("x", in: bytes))
        #expect(bytes[tape[id].member].elementsEqual(#""id":"x""#.utf8))
        let list = try #require(members.choices)
        let choice = ChoiceMembers(try #require(tape.children(of: list).first { _ in true }), on: tape)
        let delta = DeltaReading(try #require(choice.delta), on: tape, in: bytes)
        #expect(delta.isReal)
        #expect(delta.content.map { tape[$0].kind } == .string)
        // `\n` counts 1, `\u00e9` 3 by estimate, é€😀 as they are.
        #expect(delta.shownBytes == 1 + 1 + 3 + 2 + 3 + 4)
        #expect(tape.first(.data, in: 0) == nil)
        #expect(tape.children(of: 999).first { _ in true } == nil)
    }

    // MARK: Edits

    private func shaped(_ json: String, dropping names: [AnswerKey], appending: String = "") throws -> String {
        let bytes = Array(json.utf8)
        var tape = AnswerTape()
        try tape.scan(bytes)
        var edits = TapeEdits()
        edits.shape(0, of: tape, appending: Array(appending.utf8)) { _, entry in names.contains(entry.key) }
        var output: [UInt8] = []
        edits.apply(to: bytes, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(arguments: [
        (#"{"id":1,"model":2,"usage":3}"#, [AnswerKey.id], #"{"model":2,"usage":3}"#),
        (#"{"id":1,"model":2,"usage":3}"#, [.model], #"{"id":1,"usage":3}"#),
        (#"{"id":1,"model":2,"usage":3}"#, [.usage], #"{"id":1,"model":2}"#),
        (#"{"id":1,"model":2,"usage":3}"#, [.id, .model], #"{"usage":3}"#),
        (#"{"id":1,"model":2,"usage":3}"#, [.id, .usage], #"{"model":2}"#),
        (#"{"id":1,"model":2,"usage":3}"#, [.model, .usage], #"{"id":1}"#),
        (#"{"id":1,"model":2,"usage":3}"#, [.id, .model, .usage], "{}"),
        (#"{ "id" : 1 , "model" : 2 }"#, [.id], #"{ "model" : 2 }"#),
        (#"{ "id" : 1 , "model" : 2 }"#, [.model], #"{ "id" : 1 }"#),
        ("{}", [.id], "{}"),
    ])
    func removesMembersWithTheirCommas(_ json: String, _ names: [AnswerKey], _ expected: String) throws {
        #expect(try shaped(json, dropping: names) == expected)
        let added = try JSONValue(parsing: shaped(json, dropping: names, appending: #""x":0"#))
        #expect(added["x"] == 0)
    }

    @Test func keepsEditsInOrder() {
        let source = Array("0123456789".utf8)
        var edits = TapeEdits()
        #expect(edits.isEmpty)
        edits.replace(7..<8, with: Array("seven".utf8))
        edits.replace(1..<3, with: [])
        edits.replace(9..<9, with: Array("-".utf8))
        edits.replace(3..<4, with: Array("three".utf8))
        var output: [UInt8] = []
        edits.apply(to: source, into: &output)
        #expect(output == Array("0three456seven8-9".utf8))
        #expect(edits.touches(0..<2))
        #expect(!edits.touches(4..<7))
        edits.removeAll()
        #expect(edits.isEmpty)
    }
}
