/// The shape that chunks of one run of text have in common: all bytes but the text itself (and OpenAI's
/// random padding).
///
/// A chunk that agrees with the previous one byte for byte outside of these strings gets the same decisions,
/// so it needs no scan: its text is checked, and copied between what was written around the previous one.
/// Most chunks of most streams take this way; it costs a fifth of the other.
struct ChunkTemplate {
    /// What the provider sends before, between and behind the strings that vary.
    private let input: [[UInt8]]
    /// What the client gets in these places.
    private let output: [[UInt8]]
    /// Which of the strings is the text.
    private let textSlot: Int

    /// - Parameters:
    ///   - text: the bytes of the text in `data`, between its quotes.
    ///   - padding: those of the padding, if there is one.
    ///   - edits: what was changed in `data`, neither in the text nor in the padding.
    init(_ data: [UInt8], text: Range<Int>, padding: Range<Int>?, edits: TapeEdits) {
        var slots = [text]
        if let padding { slots.insert(padding, at: padding.lowerBound < text.lowerBound ? 0 : 1) }
        textSlot = slots[0] == text ? 0 : 1
        var input: [[UInt8]] = []
        var output: [[UInt8]] = []
        var position = 0
        for slot in slots + [data.count..<data.count] {
            input.append(Array(data[position..<slot.lowerBound]))
            var written: [UInt8] = []
            if position == 0 { written.append("data: ") }
            edits.apply(to: data, from: position, upTo: slot.lowerBound, into: &written)
            if slot.lowerBound == data.count { written.append("\n\n") }
            output.append(written)
            position = slot.upperBound
        }
        self.input = input
        self.output = output
    }

    /// Writes a chunk of this shape and returns how many bytes of text it shows; nil, with nothing written,
    /// for a chunk of another shape or without text.
    func relay(_ data: [UInt8], into client: inout [UInt8]) -> Int? {
        let bytes = data.span
        var slots: (Range<Int>, Range<Int>) = (0..<0, 0..<0)
        var position = 0
        for (index, part) in input.enumerated() {
            guard ByteSearch.equal(bytes, position, part.span) else { return nil }
            position &+= part.count
            guard index < input.count &- 1 else { break }
            // The part before a string ends with its opening quote.
            var end = position &- 1
            do throws(AnswerFlaw) {
                try JSONSkip.string(bytes, &end)
            } catch {
                return nil
            }
            let slot = position..<Swift.max(position, end &- 1)
            if index == 0 { slots.0 = slot } else { slots.1 = slot }
            position = slot.upperBound
        }
        let text = textSlot == 0 ? slots.0 : slots.1
        guard position == data.count, !text.isEmpty else { return nil }
        client += output[0]
        client += data[slots.0]
        client += output[1]
        if output.count > 2 {
            client += data[slots.1]
            client += output[2]
        }
        return AnswerEntry.textBytes(of: text, in: data)
    }
}
