import Storage
import Testing

@testable import Ledger

@Suite struct UsageQueryPlanTests {
    private func plan(
        _ from: Int, _ to: Int, _ groupBy: Set<UsageDimension> = [], now: Int = .max, horizon: RollupHorizon = .init(),
        limit: Int = 100
    ) throws -> UsageQueryPlan {
        var query = UsageQuery(
            scope: .all, from: Timestamp(milliseconds: from), to: Timestamp(milliseconds: to), groupBy: groupBy)
        query.limit = limit
        return try UsageQueryPlan(query, now: Timestamp(milliseconds: now), horizon: horizon)
    }

    private static let (minute, hour, day) = (60_000, 3_600_000, 86_400_000)

    @Test func aMonthIsDaysWithHoursAndMinutesAround() throws {
        let from = 10 * Self.day + 22 * Self.hour + 58 * Self.minute + 7
        let to = 40 * Self.day + 1 * Self.hour + 2 * Self.minute - 7
        let plan = try plan(from, to)
        #expect(plan.segments.map(\.resolution) == [.minute, .hour, .day, .hour, .minute])
        #expect(plan.segments.map(\.periods) == [2, 1, 29, 1, 2])
        #expect(plan.range == from - 7..<to + 7)
    }

    @Test func whatEndsNowNeedsNoShortPeriods() throws {
        let now = 40 * Self.day + 5 * Self.hour + 17 * Self.minute + 3
        let plan = try plan(10 * Self.day, now, now: now)
        #expect(plan.segments.map(\.resolution) == [.day])
        #expect(plan.range == 10 * Self.day..<41 * Self.day)
        let hours = try self.plan(39 * Self.day, .max, [.hour], now: now)
        #expect(
            hours.segments == [RollupSegment(resolution: .hour, range: 39 * Self.day..<40 * Self.day + 6 * Self.hour)])
    }

    @Test func periodsOfTheAnswerAreTheLongestUsed() throws {
        let (from, to) = (3 * Self.day, 5 * Self.day)
        #expect(try plan(from, to, [.minute]).segments.map(\.resolution) == [.minute])
        #expect(try plan(from, to, [.hour]).segments.map(\.resolution) == [.hour])
        #expect(try plan(from, to, [.day]).segments.map(\.resolution) == [.day])
        #expect(try plan(from, to, [.hour, .tenant]).period == .hour)
        #expect(try plan(from, to, [.tenant]).period == nil)
    }

    /// Whatever the range: the parts follow each other, fill it, and are on borders of their periods.
    @Test func partsFillTheRange() throws {
        var random = SplitMix64(seed: 61)
        for _ in 0..<2000 {
            let from = Int.random(in: 0..<60 * Self.day, using: &random)
            let to = from + Int.random(in: 1..<1 << Int.random(in: 1..<33, using: &random), using: &random)
            let horizon = RollupHorizon(
                minutes: Int.random(in: 0..<60, using: &random) * Self.day,
                hours: Int.random(in: 0..<60, using: &random) * Self.day)
            let plan = try plan(from, to, horizon: horizon)
            #expect(plan.range.lowerBound <= from && from - plan.range.lowerBound < Self.day)
            #expect(plan.range.upperBound >= to && plan.range.upperBound - to < Self.day)
            if from >= max(horizon.minutes, horizon.hours) { #expect(from - plan.range.lowerBound < Self.minute) }
            var end = plan.range.lowerBound
            for segment in plan.segments {
                #expect(segment.range.lowerBound == end)
                #expect(!segment.range.isEmpty)
                #expect(segment.range.lowerBound % segment.resolution.length == 0)
                #expect(segment.range.upperBound % segment.resolution.length == 0)
                #expect(segment.range.lowerBound >= horizon.since(segment.resolution))
                end = segment.range.upperBound
            }
            #expect(end == plan.range.upperBound)
            #expect(plan.segments.count <= 5)
        }
    }

    @Test func whatIsNotKeptIsRoundedOutwards() throws {
        let horizon = RollupHorizon(minutes: 20 * Self.day, hours: 10 * Self.day)
        let plan = try plan(5 * Self.day + 5, 15 * Self.day + 5, horizon: horizon)
        #expect(plan.range == 5 * Self.day..<15 * Self.day + Self.hour)
        #expect(plan.segments.map(\.resolution) == [.day, .hour])
        #expect(throws: UsageQueryError.notKept(.hour, since: Timestamp(milliseconds: 10 * Self.day))) {
            try self.plan(5 * Self.day, 15 * Self.day, [.hour], horizon: horizon)
        }
    }

    @Test func answersAreBounded() throws {
        #expect(try plan(0, Self.day, [.minute, .key], limit: 1000).limit == 20_000 / 1440)
        #expect(try plan(0, Self.day, [.key], limit: 5000).limit == 1000)
        #expect(try plan(0, Self.day, [.key], limit: -5).limit == 1)
        #expect(try plan(0, 3000 * Self.hour, [.hour]).limit == 6)
        #expect(throws: UsageQueryError.tooManyPeriods(.hour, count: 3001, max: 3000)) {
            try plan(0, 3001 * Self.hour, [.hour])
        }
    }

    @Test(arguments: [(Int.min, Int.max), (Int.max - 1, Int.max), (Int.min, Int.min + 1), (-5, 5)])
    func extremesDoNotTrap(from: Int, to: Int) throws {
        for now in [Int.min, 0, Timestamp.noon.milliseconds, .max] {
            let plan = try plan(from, to, now: now)
            #expect(plan.range.lowerBound >= 0)
        }
    }

    @Test func dimensionsKeepTheOrderOfKeys() throws {
        let plan = try plan(0, 1, [.model, .tenant, .user, .day, .provider, .key])
        #expect(plan.groupBy == [.tenant, .key, .user, .provider, .model])
        #expect(try self.plan(0, 1, [.user]).groupBy == [.tenant, .user])
        #expect(try self.plan(0, 1, [.model]).groupBy == [.model])
    }
}
