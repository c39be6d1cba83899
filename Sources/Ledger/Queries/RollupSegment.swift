/// A part of a range of time that is read from rollups of one resolution.
struct RollupSegment: Sendable, Hashable {
    let resolution: RollupResolution
    /// Milliseconds since 1970, on borders of periods; the end is not part of it.
    let range: Range<Int>

    /// How many periods there are in it.
    var periods: Int { range.count / resolution.length }

    /// Cuts a range into as long periods as fit: days in the middle, hours around them, minutes at the ends. A month is
    /// thirty rows per group instead of seven hundred, and still exact to the minute.
    ///
    /// - Parameters:
    ///   - range: on borders of minutes, or of the shortest periods that there are at each end.
    ///   - longest: the longest periods that may be used: those of the answer.
    static func cut(_ range: Range<Int>, longest: RollupResolution) -> [RollupSegment] {
        guard !range.isEmpty else { return [] }
        if longest == .minute { return [RollupSegment(resolution: .minute, range: range)] }
        let shorter: RollupResolution = longest == .day ? .hour : .minute
        let (start, end) = (longest.ceiling(range.lowerBound), longest.floor(range.upperBound))
        guard start < end else { return cut(range, longest: shorter) }
        return cut(range.lowerBound..<start, longest: shorter)
            + [RollupSegment(resolution: longest, range: start..<end)]
            + cut(end..<range.upperBound, longest: shorter)
    }
}
