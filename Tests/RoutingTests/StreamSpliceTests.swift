import Routing
import Testing

@Suite struct StreamSpliceTests {
    /// Feeds the pieces and returns what is shown; nil when it diverged.
    private func splice(_ delivered: String, _ pieces: [String], prefill: String? = nil) -> String? {
        var splice = StreamSplice(delivered: delivered, prefill: prefill)
        var shown = ""
        for piece in pieces {
            switch splice.feed(piece) {
            case .held: break
            case .show(let text): shown += text
            case .diverged:
                #expect(splice.feed("more") == .diverged)
                #expect(splice.finish() == .diverged)
                return nil
            }
        }
        switch splice.finish() {
        case .held: return shown
        case .show(let text): return shown + text
        case .diverged: return nil
        }
    }

    @Test(
        arguments: [
            ("Hello wor", ["Hello world, all"], "ld, all"), ("Hello wor", ["Hel", "lo wor", "ld"], "ld"),
            ("Hello", ["Hello"], ""), ("Hello", ["Help"], nil), ("Hello", ["Hell"], nil), ("Hello", [], nil),
            ("Hello", ["", "Hello", "", "!"], "!"), ("", ["New"], "New"), ("é", ["é!"], "!"), ("é", ["e\u{301}!"], nil),
            ("a", ["b", "a"], nil),
        ] as [(String, [String], String?)])
    func anewOnlyWhatExtendsTheTextIsShown(_ delivered: String, _ pieces: [String], _ expected: String?) {
        #expect(splice(delivered, pieces) == expected)
    }

    @Test(
        arguments: [
            // A continuation.
            ("The quick brown", [" fox", " jumps"], "The quick brown", " fox jumps"),
            // The prefill again, then the rest.
            ("The quick brown", ["The quick", " brown fox"], "The quick brown", " fox"),
            // A continuation that begins like the prefill.
            ("The quick brown", [" fox. The quick"], "The quick brown", " fox. The quick"),
            ("The quick brown", ["The q", "uiet fox"], "The quick brown", "The quiet fox"),
            ("The quick brown", ["The q"], "The quick brown", "The q"),
            // White space that the prefill could not carry.
            ("The quick ", [" brown"], "The quick", "brown"), ("The quick ", ["brown"], "The quick", nil),
            ("The quick\n\n", ["\n", "\nA list"], "The quick", "A list"), ("The quick ", [" "], "The quick", ""),
            ("The quick ", ["The quick brown"], "The quick", "brown"),
            // It had been complete already.
            ("The quick brown", [], "The quick brown", ""), ("The quick ", [], "The quick", nil),
        ] as [(String, [String], String, String?)])
    func aPrefillIsContinued(_ delivered: String, _ pieces: [String], _ prefill: String, _ expected: String?) {
        #expect(StreamSplice.prefill(for: delivered) == prefill)
        #expect(splice(delivered, pieces, prefill: prefill) == expected)
    }

    @Test func anySplitGivesTheSame() {
        var random = SplitMix64(seed: 3)
        let words = ["a", "ab", "é", "日本", " ", "\n", "🙂", "aa", "b"]
        for _ in 0..<3_000 {
            let answer = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }.joined()
            let characters = Array(answer.unicodeScalars)
            let cut = Int.random(in: 0...characters.count, using: &random)
            let delivered = Self.text(characters[..<cut])
            let rest = Self.text(characters[cut...])
            #expect(splice(delivered, Self.pieces(answer, &random)) == rest)
            let prefill = StreamSplice.prefill(for: delivered)
            let continued = String(Substring(answer.unicodeScalars.dropFirst(prefill.unicodeScalars.count)))
            // A continuation that repeats all that was delivered cannot be told from a repeated prefill.
            if !continued.utf8.starts(with: delivered.utf8) {
                #expect(splice(delivered, Self.pieces(continued, &random), prefill: prefill) == rest)
            }
            #expect(splice(delivered, Self.pieces(answer, &random), prefill: prefill) == rest)
            if cut > 0 { #expect(splice(delivered, ["\u{1}" + answer]) == nil) }
        }
    }

    @Test func whatIsRememberedIsBounded() {
        var text = DeliveredText(limit: 10)
        #expect(text.state == .nothing)
        text.append("")
        #expect(text.state == .nothing)
        text.append("12345")
        #expect(text.state == .text(bytes: 5))
        #expect(text.value == "12345")
        text.append("67890")
        #expect(text.state == .text(bytes: 10))
        text.append("1")
        #expect(text.state == .other)
        #expect(text.value == nil)
        var tool = DeliveredText()
        tool.append("Let me see")
        tool.appendOther()
        #expect(tool.state == .other)
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    private static func pieces(_ text: String, _ random: inout SplitMix64) -> [String] {
        var pieces: [String] = []
        var left = Array(text.unicodeScalars)[...]
        while !left.isEmpty {
            let count = Int.random(in: 1...min(5, left.count), using: &random)
            pieces.append(self.text(left.prefix(count)))
            left = left.dropFirst(count)
        }
        return pieces
    }
}
