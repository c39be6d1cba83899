/// The lengths of time that rollups add up. Days are days of UTC.
enum RollupResolution: String, Sendable, Hashable, CaseIterable {
    case minute, hour, day

    /// In milliseconds.
    var length: Int {
        switch self {
        case .minute: 60_000
        case .hour: 3_600_000
        case .day: 86_400_000
        }
    }

    /// The beginning of the period that a moment lies in; both in milliseconds since 1970.
    func floor(_ time: Int) -> Int {
        let rest = time % length
        let (floor, overflow) = time.subtractingReportingOverflow(rest < 0 ? rest + length : rest)
        return overflow ? .min : floor
    }

    /// The moment itself if a period begins there, else the beginning of the next one.
    func ceiling(_ time: Int) -> Int {
        let floor = floor(time)
        if floor == time { return time }
        let (ceiling, overflow) = floor.addingReportingOverflow(length)
        return overflow ? .max : ceiling
    }
}
