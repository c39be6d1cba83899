import WireJSON

/// Decides what the model says to a prompt; the same prompt and spec always get the same reply.
struct ReplyBuilder {
    let prompt: Prompt
    let behaviour: FakeBehaviour

    private static let contentFilterText = "I cannot continue with"
    private static let refusalText = "I'm sorry, but I cannot help with that."
    /// Large texts go out in pieces of this many bytes unless `size` says otherwise.
    private static let largePiece = 16 * 1024

    func reply() -> Reply {
        let calls = chosenCalls()
        // Large answers come once, whatever `n` says: 128 of them would not fit into memory.
        let count = behaviour.huge == nil && behaviour.chunks == nil ? max(1, min(prompt.choices, 128)) : 1
        var choices = (0..<count).map { index in
            calls.isEmpty ? textChoice(index) : Reply.Choice(calls: calls, finish: .toolCalls)
        }
        if let finish = behaviour.finish {
            for index in choices.indices { choices[index].finish = finish }
        }
        let thoughts = (0..<(behaviour.thinking ?? 0)).map { "Thinking about it, step \($0 + 1). " }
        return Reply(thoughts: thoughts, choices: choices, usage: usage(choices, thoughts))
    }

    private func textChoice(_ index: Int) -> Reply.Choice {
        if behaviour.refusal {
            return Reply.Choice(refusal: Self.refusalText)
        }
        if behaviour.finish == .contentFilter, behaviour.text == nil, behaviour.chunks == nil {
            return Reply.Choice(pieces: Self.words(Self.contentFilterText))
        }
        var choice = Reply.Choice(pieces: pieces(index))
        cutAtStop(&choice)
        cutAtLimit(&choice)
        return choice
    }

    // MARK: Text

    private func pieces(_ index: Int) -> [String] {
        if let count = behaviour.chunks {
            let piece = Self.filler(bytes: behaviour.size ?? 8, stamped: behaviour.stamp)
            return Array(repeating: piece, count: count)
        }
        if let bytes = behaviour.huge {
            let size = min(behaviour.size ?? Self.largePiece, max(bytes, 1))
            var pieces = Array(repeating: Self.filler(bytes: size, stamped: false), count: bytes / size)
            if bytes % size > 0 { pieces.append(Self.filler(bytes: bytes % size, stamped: false)) }
            return pieces
        }
        let text = index == 0 ? answerText() : "(choice \(index + 1)) " + answerText()
        guard let size = behaviour.size else { return Self.words(text, stamped: behaviour.stamp) }
        return Self.parts(of: text, bytes: size)
    }

    private func answerText() -> String {
        if let text = behaviour.text { return text }
        switch prompt.format {
        case .text: return DemoText(prompt: prompt).text
        case .object:
            var object = JSONObject()
            object.append("answer", .string(DemoText(prompt: prompt).text))
            return JSONValue.object(object).text
        case .schema(let schema): return SchemaSample(root: schema).value().text
        }
    }

    /// `bytes` bytes of words; a stamped piece starts with the mark that the sender overwrites with the clock.
    static func filler(bytes: Int, stamped: Bool) -> String {
        var text: [UInt8] = stamped ? Playback.stampMark + [0x20] : []
        let pattern = Array("the swift that never lands ".utf8)
        text.reserveCapacity(max(bytes, text.count))
        var next = 0
        while text.count < bytes {
            text.append(pattern[next])
            next = next + 1 == pattern.count ? 0 : next + 1
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Cuts before each space, so that every piece but the first starts with one.
    static func words(_ text: String, stamped: Bool = false) -> [String] {
        let mark = stamped ? String(decoding: Playback.stampMark, as: UTF8.self) + " " : ""
        var pieces: [String] = []
        var start = text.utf8.startIndex
        var index = start
        while index < text.utf8.endIndex {
            if text.utf8[index] == 0x20, index > start {
                pieces.append(mark + text[start..<index])
                start = index
            }
            index = text.utf8.index(after: index)
        }
        if start < text.utf8.endIndex { pieces.append(mark + text[start...]) }
        return pieces
    }

    /// Pieces of about `bytes` bytes that never cut a character.
    static func parts(of text: String, bytes: Int) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            var piece = String(rest.removeFirst())
            while let next = rest.first, piece.utf8.count + next.utf8.count <= bytes {
                piece.append(next)
                rest.removeFirst()
            }
            pieces.append(piece)
        }
        return pieces
    }

    // MARK: Limits

    private func cutAtStop(_ choice: inout Reply.Choice) {
        guard !prompt.stop.isEmpty else { return }
        let text = Array(choice.text.utf8)
        var best: (position: Int, stop: String)?
        for stop in prompt.stop where !stop.isEmpty {
            guard let position = Self.find(Array(stop.utf8), in: text) else { continue }
            if position < best?.position ?? Int.max { best = (position, stop) }
        }
        guard let best else { return }
        choice.pieces = Self.prefix(of: choice.pieces, bytes: best.position)
        choice.stopSequence = best.stop
    }

    private func cutAtLimit(_ choice: inout Reply.Choice) {
        guard let limit = prompt.maxTokens, limit >= 0, limit < 1 << 28 else { return }
        let bytes = choice.pieces.reduce(0) { $0 + $1.utf8.count }
        guard FakeTokens.count(bytes: bytes) > limit else { return }
        choice.pieces = Self.prefix(of: choice.pieces, bytes: limit * 4)
        choice.finish = .length
        choice.stopSequence = nil
    }

    private static func find(_ needle: [UInt8], in text: [UInt8]) -> Int? {
        guard let first = needle.first, text.count >= needle.count else { return nil }
        return (0...(text.count - needle.count)).first { start in
            text[start] == first && text[start..<(start + needle.count)].elementsEqual(needle)
        }
    }

    /// The pieces up to so many bytes; a character that would be cut is left out.
    private static func prefix(of pieces: [String], bytes: Int) -> [String] {
        var left = bytes
        var kept: [String] = []
        for piece in pieces where left > 0 {
            if piece.utf8.count <= left {
                kept.append(piece)
                left -= piece.utf8.count
            } else {
                var part = ""
                for character in piece where part.utf8.count + character.utf8.count <= left { part.append(character) }
                if !part.isEmpty { kept.append(part) }
                left = 0
            }
        }
        return kept
    }

    // MARK: Tools and usage

    private func chosenCalls() -> [Reply.Call] {
        if let name = behaviour.call {
            return [call(prompt.tools.first { $0.name == name } ?? Prompt.Tool(name: name, schema: nil))]
        }
        guard prompt.toolResults.isEmpty, behaviour.text == nil, !behaviour.refusal else { return [] }
        let named = prompt.tools.filter { Self.mentions(prompt.text, $0.name) }
        var chosen: [Prompt.Tool]
        switch prompt.toolChoice {
        case .none: chosen = []
        case .auto: chosen = named
        case .required: chosen = named.isEmpty ? Array(prompt.tools.prefix(1)) : named
        case .named(let name): chosen = Array(prompt.tools.filter { $0.name == name }.prefix(1))
        }
        if !prompt.allowsParallelCalls { chosen = Array(chosen.prefix(1)) }
        return chosen.map(call)
    }

    private func call(_ tool: Prompt.Tool) -> Reply.Call {
        let value = SchemaSample(root: tool.schema ?? .object([:])).value()
        return Reply.Call(name: tool.name, arguments: value.objectValue == nil ? .object([:]) : value)
    }

    /// Whether a text names a tool, as it is spelled or with spaces for underscores.
    static func mentions(_ text: String, _ name: String) -> Bool {
        guard !name.isEmpty else { return false }
        let text = Array(text.lowercased().utf8)
        let name = name.lowercased()
        let spaced = name.utf8.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }
        return find(Array(name.utf8), in: text) != nil || find(spaced, in: text) != nil
    }

    private func usage(_ choices: [Reply.Choice], _ thoughts: [String]) -> Reply.Usage {
        let reasoning = FakeTokens.count(bytes: thoughts.reduce(0) { $0 + $1.utf8.count })
        let answer = choices.reduce(0) { sum, choice in
            let calls = choice.calls.reduce(0) { $0 + $1.name.utf8.count + $1.arguments.bytes.count }
            let text = choice.pieces.reduce(0) { $0 + $1.utf8.count } + (choice.refusal?.utf8.count ?? 0)
            let counted = FakeTokens.count(bytes: text + calls)
            return sum + (choice.finish == .length ? prompt.maxTokens ?? counted : counted)
        }
        // An image weighs 85 tokens, OpenAI's price for one at low detail.
        let asked = FakeTokens.count(bytes: prompt.textBytes) + 85 * prompt.media.count
        return Reply.Usage(
            prompt: behaviour.promptTokens ?? max(asked, 1),
            completion: behaviour.completionTokens ?? answer &+ reasoning,
            cached: behaviour.cachedTokens ?? 0, reasoning: reasoning)
    }
}
