/// The boundaries of three calendar periods in a row, milliseconds since 1970. The store picks one by its own clock,
/// so that the clock of a replica may be wrong by a whole period without counting in the wrong one.
package struct CalendarPeriods: Sendable, Hashable {
    /// A period that never ends.
    static let endless = CalendarPeriods(
        previousStart: 0, start: 0, end: LimitAmount.cap, nextEnd: LimitAmount.cap)

    package let previousStart: Int
    package let start: Int
    package let end: Int
    package let nextEnd: Int

    package init(previousStart: Int, start: Int, end: Int, nextEnd: Int) {
        self.previousStart = Swift.max(0, previousStart)
        self.start = Swift.max(0, start)
        self.end = Swift.max(0, end)
        self.nextEnd = Swift.max(0, nextEnd)
    }

    package func contains(_ now: Int) -> Bool { start <= now && now < end }

    /// The period an instant lies in; outside of all three, the nearest.
    func frame(at now: Int) -> WindowFrame {
        if now < start { return WindowFrame(bucket: previousStart, until: start) }
        if now < end { return WindowFrame(bucket: start, until: end) }
        return WindowFrame(bucket: end, until: nextEnd)
    }
}
