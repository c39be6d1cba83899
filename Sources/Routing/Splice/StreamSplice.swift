/// Joins the text of a new attempt to the text that a client has already: verifies byte by byte that the one extends
/// the other, and gives what goes beyond. Holds the delivered text and nothing else.
package struct StreamSplice: Sendable {
    private let delivered: [UInt8]
    /// How much of `delivered` the text matches, read as an answer from the start; nil when it is none.
    private var asWhole: Int?
    /// The same, read as a continuation of the prefill; nil when it is none.
    private var asContinuation: Int?
    private var hasDiverged = false

    /// - Parameters:
    ///   - delivered: all text that the client has.
    ///   - prefill: what was sent along as the beginning of the answer, a prefix of `delivered` (providers want it
    ///     without white space at its end: ``prefill(for:)``); nil: the answer was asked for anew.
    package init(delivered: String, prefill: String? = nil) {
        self.delivered = Array(delivered.utf8)
        asWhole = 0
        asContinuation = prefill.map { min($0.utf8.count, delivered.utf8.count) }
    }

    /// The delivered text as providers take it.
    package static func prefill(for delivered: String) -> String {
        var end = delivered.endIndex
        while end > delivered.startIndex {
            let before = delivered.index(before: end)
            guard delivered[before].isWhitespace else { break }
            end = before
        }
        return String(delivered[..<end])
    }

    /// Whether everything that comes now is new.
    private var isPast: Bool { (asWhole ?? asContinuation) == delivered.count && isDecided }
    private var isDecided: Bool { asWhole == nil || asContinuation == nil || asWhole == delivered.count }

    /// The next piece of the new attempt's text.
    package mutating func feed(_ text: String) -> SpliceStep {
        if hasDiverged { return .diverged }
        if text.isEmpty { return .held }
        if isPast { return .show(text) }
        let bytes = Array(text.utf8)
        // What the text held so far is delivered[..<held], as long as it can be read as a whole answer.
        let held = asWhole ?? 0
        if let matched = asWhole {
            let same = common(bytes[...], at: matched)
            if matched + same == delivered.count {
                // All of it again, also from providers that repeat a prefill.
                asWhole = delivered.count
                asContinuation = nil
                return shown(bytes[same...])
            }
            asWhole = same == bytes.count ? matched + same : nil
            if asWhole != nil { return .held }
        }
        guard asContinuation != nil else { return diverge() }
        return continued(Array(delivered[..<held]) + bytes)
    }

    /// The new attempt's answer is complete. Gives what was held back; `diverged` if it ended before it reached what the
    /// client has.
    package mutating func finish() -> SpliceStep {
        if hasDiverged { return .diverged }
        if isPast { return .held }
        guard let matched = asWhole, asContinuation != nil else { return diverge() }
        asWhole = nil
        let step = continued(Array(delivered[..<matched]))
        return isPast ? step : diverge()
    }

    /// The text is a continuation of the prefill: first what the client has beyond the prefill, then new text.
    private mutating func continued(_ bytes: [UInt8]) -> SpliceStep {
        let start = asContinuation ?? delivered.count
        let same = common(bytes[...], at: start)
        asContinuation = start + same
        if start + same == delivered.count { return shown(bytes[same...]) }
        return same == bytes.count ? .held : diverge()
    }

    private func shown(_ bytes: ArraySlice<UInt8>) -> SpliceStep {
        bytes.isEmpty ? .held : .show(String(decoding: bytes, as: UTF8.self))
    }

    private func common(_ bytes: ArraySlice<UInt8>, at place: Int) -> Int {
        zip(bytes, delivered[place...]).prefix { $0 == $1 }.count
    }

    private mutating func diverge() -> SpliceStep {
        hasDiverged = true
        return .diverged
    }
}
