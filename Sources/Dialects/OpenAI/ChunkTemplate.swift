/// The shape that chunks of one run of text have in common: all bytes but the text itself (and OpenAI's
/// random padding).
///
/// A chunk that agrees with the previous one byte for byte outside of these strings gets the same decisions,
/// so it needs no scan: its text is checked, and copied between what was written around the previous one.
/// Most chunks of most streams take this way; it costs a fifth of the other.
struct ChunkTemplate {
    /// A string that varies: where its content lay in the previous chunk, and in what was written for it.
    private struct Slot {
        var input: Range<Int>
        var output: Range<Int>
    }

    /// The previous chunk as the provider sent it.
    private let input: [UInt8]
    /// The frame that was written for it.
    private let output: [UInt8]
    private let first: Slot
    private let second: Slot?
    private let isTextFirst: Bool

    /// - Parameters:
    ///   - data: the chunk.
    ///   - text: the content of its text, between the quotes.
    ///   - padding: that of its padding, if there is one.
    ///   - edits: what was changed in it, neither in the text nor in the padding.
    ///   - frame: what was written for it: the edited chunk behind ``ChunkRelay/frameStart``.
    init(_ data: [UInt8], text: Range<Int>, padding: Range<Int>?, edits: TapeEdits, frame: ArraySlice<UInt8>) {
        func slot(_ range: Range<Int>) -> Slot {
            let start = ChunkRelay.frameStart.utf8CodeUnitCount &+ edits.position(of: range.lowerBound)
            return Slot(input: range, output: start..<start &+ range.count)
        }
        input = data
        output = Array(frame)
        if let padding {
            let isTextFirst = text.lowerBound < padding.lowerBound
            self.isTextFirst = isTextFirst
            first = slot(isTextFirst ? text : padding)
            second = slot(isTextFirst ? padding : text)
        } else {
            isTextFirst = true
            first = slot(text)
            second = nil
        }
    }

    /// Writes a chunk of this shape and returns how many bytes of text it shows; nil, with nothing written,
    /// for a chunk of another shape or without text.
    func relay(_ data: [UInt8], into client: inout [UInt8]) -> Int? {
        guard let one = content(in: data, at: 0, behind: 0..<first.input.lowerBound) else { return nil }
        var end = first.input.upperBound
        var other = one
        if let second {
            guard let found = content(in: data, at: one.upperBound, behind: end..<second.input.lowerBound) else {
                return nil
            }
            (other, end) = (found, second.input.upperBound)
        }
        let text = isTextFirst ? one : other
        guard !text.isEmpty, data.count &- other.upperBound == input.count &- end,
            ByteSearch.equal(data, other.upperBound, input, end..<input.count)
        else { return nil }

        client += output[..<first.output.lowerBound]
        client += data[one]
        if let second {
            client += output[first.output.upperBound..<second.output.lowerBound]
            client += data[other]
        }
        client += output[(second ?? first).output.upperBound...]
        return AnswerEntry.textBytes(of: text, in: data)
    }

    /// The content of the string that follows `part` of the previous chunk, if `data` has the same there.
    private func content(in data: [UInt8], at position: Int, behind part: Range<Int>) -> Range<Int>? {
        guard ByteSearch.equal(data, position, input, part) else { return nil }
        let start = position &+ part.count
        var end = start &- 1  // the part ends with the opening quote
        do throws(AnswerFlaw) {
            try JSONSkip.string(data.span, &end)
        } catch {
            return nil
        }
        return start..<Swift.max(start, end &- 1)
    }
}
