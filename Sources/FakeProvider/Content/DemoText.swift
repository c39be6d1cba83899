/// The words of the demo model: short, deterministic, and honest about what it is.
struct DemoText {
    let prompt: Prompt

    private static let farewell =
        "This is Martlet's built-in demo model: no provider was called and nothing was billed. Have a nice day!"
    /// Longer questions are not repeated in full; in bytes.
    private static let longestEcho = 4096
    /// Longer questions are not searched for sums and greetings; in bytes. Load tests send long ones.
    private static let longestRiddle = 200

    var text: String {
        if !prompt.toolResults.isEmpty { return "\(toolAnswer()) \(Self.farewell)" }
        let question = Self.trimmed(prompt.text)
        if prompt.media.isEmpty, let exact = Self.requestedWords(question) { return exact }
        var sentences: [String] = []
        if !prompt.media.isEmpty { sentences.append(mediaSentence()) }
        if let sentence = Self.sentence(for: question) { sentences.append(sentence) }
        sentences.append(Self.farewell)
        return sentences.joined(separator: " ")
    }

    private static func sentence(for question: String) -> String? {
        if question.isEmpty { return nil }
        if question.utf8.count <= longestRiddle, let answer = riddleAnswer(question) { return answer }
        let echo = question.utf8.count > longestEcho ? String(question.prefix(longestEcho / 4)) + "…" : question
        return question.utf8.last == UInt8(ascii: "?")
            ? "You asked: “\(echo)” A real model would know the answer; I only repeat the question."
            : "You said: “\(echo)”."
    }

    private static func riddleAnswer(_ question: String) -> String? {
        let lower = question.lowercased()
        if let numbers = counting(lower) { return numbers + "." }
        if let sum = arithmetic(question) { return sum + "." }
        let bare = lower.last.map { ".!,".contains($0) } == true ? String(lower.dropLast()) : lower
        let greetings = ["hello", "hi", "hey", "good morning", "good evening", "olá", "oi", "bom dia"]
        return greetings.contains(bare) ? "Hello! Nice to meet you." : nil
    }

    /// The text of `say X`, `repeat X`, `echo X`, `reply with X`: exactly X, which makes tests easy to write.
    private static func requestedWords(_ question: String) -> String? {
        let lower = question.prefix(16).lowercased()
        // The longer spelling first: "say: x" must not be read as "say" of ": x".
        for verb in ["reply with: ", "reply with ", "repeat: ", "repeat ", "echo: ", "echo ", "say: ", "say "]
        where lower.hasPrefix(verb) {
            let rest = trimmed(String(question.dropFirst(verb.count)))
            let isQuoted = rest.utf8.count > 2 && rest.hasPrefix("\"") && rest.hasSuffix("\"")
            return rest.isEmpty ? nil : isQuoted ? String(rest.dropFirst().dropLast()) : rest
        }
        return nil
    }

    private static func counting(_ lower: String) -> String? {
        guard lower.contains("count") else { return nil }
        let words = lower.split { !($0.isASCII && $0.isNumber) }
        guard words.count == 2, let from = Int(words[0]), let to = Int(words[1]), from <= to, to - from < 100 else {
            return nil
        }
        return (from...to).map(String.init).joined(separator: ", ")
    }

    /// `2 + 2` anywhere in the text; spaces around the operator tell a sum from a date.
    private static func arithmetic(_ question: String) -> String? {
        let words = question.split { $0 == " " || $0 == "?" || $0 == "=" }
        for index in words.indices.dropFirst().dropLast() {
            guard let left = Int(words[index - 1]), let right = Int(words[index + 1]) else { continue }
            let result: (partialValue: Int, overflow: Bool)
            switch words[index] {
            case "+", "plus": result = left.addingReportingOverflow(right)
            case "-", "minus": result = left.subtractingReportingOverflow(right)
            case "*", "x", "×", "times": result = left.multipliedReportingOverflow(by: right)
            default: continue
            }
            if !result.overflow { return "\(left) \(words[index]) \(right) is \(result.partialValue)" }
        }
        return nil
    }

    private func toolAnswer() -> String {
        if prompt.toolResults.count == 1 {
            return "The tool answered: \(Self.trimmed(prompt.toolResults[0]))."
        }
        let list = prompt.toolResults.enumerated().map { "\($0.offset + 1)) \(Self.trimmed($0.element))" }
        return "The tools answered: \(list.joined(separator: "; "))."
    }

    private func mediaSentence() -> String {
        let images = prompt.media.filter { $0.kind == .image }
        var parts: [String] = []
        if !images.isEmpty {
            let types = images.map { $0.mediaType ?? "a link" }.joined(separator: ", ")
            parts.append("\(Self.counted(images.count, "image")) (\(types))")
        }
        let documents = prompt.media.filter { $0.kind == .document }
        if !documents.isEmpty {
            let types = documents.map { $0.mediaType ?? "a link" }.joined(separator: ", ")
            parts.append("\(Self.counted(documents.count, "document")) (\(types))")
        }
        let audio = prompt.media.count { $0.kind == .audio }
        if audio > 0 { parts.append(Self.counted(audio, "audio clip")) }
        return "I can see \(parts.joined(separator: " and "))."
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }

    static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
