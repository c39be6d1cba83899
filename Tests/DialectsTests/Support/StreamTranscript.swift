import Dialects
import WireJSON

/// An OpenAI stream read back: what a client would assemble from it, and which rules of the format
/// (contracts, section 1.3) it breaks.
///
///     let transcript = StreamTranscript(output, includeUsage: true)
///     #expect(transcript.problems == [])
///     #expect(transcript.choice(0).content == "Hello")
struct StreamTranscript {
    struct ToolCall: Equatable {
        var id: String
        var name: String
        var arguments = ""
        var thoughtSignature: String?
    }

    struct Choice: Equatable {
        var content = ""
        var reasoning = ""
        var refusal = ""
        var toolCalls: [ToolCall] = []
        var finish: String?
    }

    /// Every JSON object of the stream, in order.
    private(set) var chunks: [JSONValue] = []
    private(set) var choices: [Int: Choice] = [:]
    /// The usage member of the last chunk, if there was one.
    private(set) var usage: JSONValue?
    /// Whether `[DONE]` came.
    private(set) var isDone = false
    private(set) var problems: [String] = []

    private var rolesSeen: Set<Int> = []
    private let isChat: Bool
    private let includeUsage: Bool

    /// `whole: false` for a stream that was cut: no finish reason, usage or `[DONE]` is asked for then.
    init(_ output: [UInt8], endpoint: Endpoint = .chatCompletions, includeUsage: Bool = false, whole: Bool = true) {
        isChat = endpoint == .chatCompletions
        self.includeUsage = includeUsage
        for payload in readFrames(output) { read(payload) }
        checkSameness()
        if whole { checkEnd() }
    }

    /// The choice with this index; empty if nothing came for it.
    func choice(_ index: Int) -> Choice { choices[index] ?? Choice() }

    var content: String { choice(0).content }
    var toolCalls: [ToolCall] { choice(0).toolCalls }
    var finish: String? { choice(0).finish }

    private mutating func complain(_ problem: String) { problems.append(problem) }

    // MARK: Framing

    private mutating func readFrames(_ output: [UInt8]) -> [String] {
        guard let text = String(validating: output, as: UTF8.self) else {
            complain("the output is not UTF-8")
            return []
        }
        var frames = text.split(separator: "\n\n", omittingEmptySubsequences: false).map(String.init)
        if frames.popLast() != "" { complain("the output does not end with a blank line") }
        var payloads: [String] = []
        for frame in frames where !frame.hasPrefix(":") {
            if isDone { complain("output after [DONE]: \(frame)") }
            guard frame.hasPrefix("data: "), !frame.contains("\n") else {
                complain("bad frame: \(frame)")
                continue
            }
            let payload = String(frame.dropFirst(6))
            if payload == "[DONE]" { isDone = true } else { payloads.append(payload) }
        }
        return payloads
    }

    // MARK: Chunks

    private mutating func read(_ payload: String) {
        guard let chunk = try? JSONValue(parsing: payload), chunk.objectValue != nil else {
            return complain("not a JSON object: \(payload)")
        }
        if usage != nil { complain("a chunk after the usage chunk") }
        chunks.append(chunk)
        guard let choices = chunk["choices"]?.arrayValue else { return complain("chunk without choices: \(payload)") }
        checkUsage(of: chunk, hasChoices: !choices.isEmpty)
        for choice in choices { read(choice) }
    }

    private mutating func checkUsage(of chunk: JSONValue, hasChoices: Bool) {
        guard includeUsage else {
            if chunk["usage"] != nil { complain("a usage member nobody asked for") }
            if !hasChoices { complain("a chunk without choices") }
            return
        }
        if hasChoices {
            if chunk["usage"]?.isNull != true { complain("usage of a chunk with choices is not null") }
        } else {
            usage = chunk["usage"]
            problems += OpenAIAnswerCheck.usageProblems(usage)
        }
    }

    private mutating func read(_ choice: JSONValue) {
        guard let index = choice["index"]?.intValue else { return complain("choice without index") }
        if choices[index]?.finish != nil { complain("choice \(index): a chunk after its finish reason") }
        var state = choices[index] ?? Choice()
        if isChat {
            guard let delta = choice["delta"]?.objectValue else { return complain("choice \(index) has no delta") }
            readRole(delta, of: index)
            state.content += delta["content"]?.stringValue ?? ""
            state.reasoning += (delta["reasoning_content"] ?? delta["reasoning"])?.stringValue ?? ""
            state.refusal += delta["refusal"]?.stringValue ?? ""
            for call in delta["tool_calls"]?.arrayValue ?? [] { read(call, of: &state) }
        } else if let text = choice["text"]?.stringValue {
            state.content += text
        } else {
            complain("choice \(index) has no text")
        }
        readFinish(choice["finish_reason"], of: &state)
        choices[index] = state
    }

    private mutating func readRole(_ delta: JSONObject, of index: Int) {
        let isFirst = rolesSeen.insert(index).inserted
        switch delta["role"]?.stringValue {
        case "assistant"? where isFirst: break
        case nil where !isFirst: break
        case nil: complain("choice \(index): the first chunk carries no role")
        case let role?: complain("choice \(index): role \(role) in a wrong place")
        }
    }

    private mutating func read(_ fragment: JSONValue, of choice: inout Choice) {
        guard let index = fragment["index"]?.intValue else { return complain("tool call fragment without index") }
        let function = fragment["function"]
        if index == choice.toolCalls.count {
            let id = fragment["id"]?.stringValue ?? ""
            if id.isEmpty || choice.toolCalls.contains(where: { $0.id == id }) { complain("tool call id '\(id)'") }
            if fragment["type"]?.stringValue != "function" { complain("tool call \(index) is not a function") }
            let name = function?["name"]?.stringValue ?? ""
            if name.isEmpty { complain("tool call \(index) has no name") }
            let google = fragment["extra_content"]?["google"]
            choice.toolCalls.append(
                ToolCall(id: id, name: name, thoughtSignature: google?["thought_signature"]?.stringValue))
        } else if index == choice.toolCalls.count - 1 {
            if fragment["id"] != nil || function?["name"] != nil { complain("tool call \(index): id or name again") }
        } else {
            return complain("tool call index \(index) after \(choice.toolCalls.count) calls")
        }
        guard let arguments = function?["arguments"]?.stringValue else { return complain("fragment without arguments") }
        choice.toolCalls[index].arguments += arguments
    }

    private mutating func readFinish(_ finish: JSONValue?, of choice: inout Choice) {
        guard let finish else { return complain("choice without finish_reason") }
        if finish.isNull { return }
        choice.finish = finish.stringValue ?? finish.text
        if !OpenAIAnswerCheck.finishReasons.contains(choice.finish ?? "") { complain("finish_reason \(finish.text)") }
    }

    // MARK: The stream as a whole

    private mutating func checkSameness() {
        guard let first = chunks.first else { return }
        let object = isChat ? "chat.completion.chunk" : "text_completion"
        if first["object"]?.stringValue != object { complain("object is not \(object)") }
        if first["id"]?.stringValue?.isEmpty != false { complain("id is missing or empty") }
        if first["model"]?.stringValue?.isEmpty != false { complain("model is missing or empty") }
        if first["created"]?.intValue == nil { complain("created is not an integer") }
        for name in ["id", "object", "created", "model"] where chunks.contains(where: { $0[name] != first[name] }) {
            complain("\(name) changes during the stream")
        }
    }

    private mutating func checkEnd() {
        if !isDone { complain("[DONE] is missing") }
        if choices.isEmpty { complain("no choice at all") }
        if includeUsage, usage == nil { complain("the usage chunk is missing") }
        for (index, choice) in choices.sorted(by: { $0.key < $1.key }) {
            if choice.finish == nil { complain("choice \(index) has no finish reason") }
            guard choice.finish == "tool_calls" else { continue }
            if choice.toolCalls.isEmpty { complain("choice \(index): tool_calls without a call") }
            for call in choice.toolCalls where (try? JSONValue(parsing: call.arguments)) == nil {
                complain("arguments are not JSON: \(call.arguments)")
            }
        }
    }
}
