import Foundation
package import Policy
import Synchronization

/// Calendar periods in the time zones of tenants, daylight saving included. Safe to use from any thread.
///
/// What it knows about zones comes from the system's time zone database, by IANA name. A name that the system does not
/// know counts as UTC; policies with such names are refused before.
package final class CalendarPeriodCache: Sendable {
    private struct Key: Hashable {
        let zone: String
        let period: LimitRule.Period
    }

    private let known = Mutex<[Key: CalendarPeriods]>([:])
    private let capacity: Int

    package init(capacity: Int = 4096) {
        self.capacity = capacity
    }

    /// The periods around an instant.
    ///
    /// - Parameters:
    ///   - period: `day`, `week` (from Monday) or `month`; for another one the result is nil.
    ///   - now: milliseconds since 1970.
    package func periods(_ period: LimitRule.Period, zone: String, at now: Int) -> CalendarPeriods? {
        let key = Key(zone: zone, period: period)
        if let found = known.withLock({ $0[key] }), found.contains(now) { return found }
        guard let fresh = Self.compute(period, zone: zone, at: now) else { return nil }
        known.withLock {
            // A full cache is emptied: what is in use comes back at the next request.
            if $0.count >= capacity, $0[key] == nil { $0.removeAll(keepingCapacity: true) }
            $0[key] = fresh
        }
        return fresh
    }

    static func compute(_ period: LimitRule.Period, zone: String, at now: Int) -> CalendarPeriods? {
        let unit: Calendar.Component
        switch period {
        case .day: unit = .day
        case .week: unit = .weekOfYear
        case .month: unit = .month
        case .second, .minute, .hour: return nil
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        calendar.firstWeekday = 2
        calendar.minimumDaysInFirstWeek = 4
        guard let current = calendar.dateInterval(of: unit, for: date(now)),
            let previous = calendar.dateInterval(of: unit, for: current.start.addingTimeInterval(-1)),
            let next = calendar.dateInterval(of: unit, for: current.end)
        else { return nil }
        return CalendarPeriods(
            previousStart: milliseconds(previous.start), start: milliseconds(current.start),
            end: milliseconds(current.end), nextEnd: milliseconds(next.end))
    }

    private static func date(_ milliseconds: Int) -> Date {
        Date(timeIntervalSince1970: Double(LimitAmount.clamped(milliseconds)) / 1000)
    }

    private static func milliseconds(_ date: Date) -> Int {
        // Boundaries are whole seconds, and far below what a double holds exactly.
        Int((date.timeIntervalSince1970 * 1000).rounded())
    }
}
