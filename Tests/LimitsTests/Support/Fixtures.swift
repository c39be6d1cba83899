import NIOCore
import NIOPosix
import Policy
import Testing

@testable import Limits

/// An event loop for calls that do not depend on one.
let anyLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()

let noon = TestClock.noon

func counter(
    _ scope: LimitRule.Scope, _ resource: LimitRule.Resource, _ period: LimitRule.Period?, tenant: LimitTenant,
    subject: String = ""
) -> LimitCounter {
    LimitCounter(scope: scope, resource: resource, period: period, tenant: tenant, subject: subject)
}

func claim(
    _ scope: LimitRule.Scope, _ resource: LimitRule.Resource, _ period: LimitRule.Period?, max: Int,
    tenant: LimitTenant, subject: String = "", shadow: Bool = false, calendar: CalendarPeriods? = nil
) -> LimitClaim {
    LimitClaim(
        counter: counter(scope, resource, period, tenant: tenant, subject: subject), max: max, shadow: shadow,
        calendar: calendar)
}

/// A demand of tokens; cost is 1000 nano-dollars per token.
func tokens(_ need: Int, wanting want: Int? = nil) -> LimitDemand {
    LimitDemand(
        tokens: .init(need: need, want: want ?? need), cost: .init(need: need * 1000, want: (want ?? need) * 1000))
}

func used(_ tokens: Int, requests: Int = 1) -> LimitActuals {
    LimitActuals(requests: requests, tokens: tokens, cost: tokens * 1000)
}

let oneHour = 3_600_000
let oneDay = 86_400_000

/// The UTC day around an instant; or that of a zone so many hours west of it.
func utcDay(_ now: Int, west hours: Int = 0) -> CalendarPeriods {
    let local = now - hours * oneHour
    let start = now - local % oneDay
    return CalendarPeriods(
        previousStart: start - oneDay, start: start, end: start + oneDay, nextEnd: start + 2 * oneDay)
}

extension ReservationID {
    init(_ number: Int) {
        self.init(high: 0, low: UInt64(number))
    }
}

extension ReserveOutcome {
    var reservation: Reservation? {
        if case .admitted(let reservation) = self { return reservation }
        return nil
    }

    var refusal: Refusal? {
        if case .refused(let refusal) = self { return refusal }
        return nil
    }
}

/// A limit store with a clock that the test moves.
struct StoreUnderTest: Sendable {
    /// How many subjects of a limit the stores of tests keep apart.
    static let maxSubjects = 8

    let store: any LimitStore
    let clock: TestClock
    /// Decides a request with global claims in two steps.
    var isCluster = false
    /// Makes the store forget a counter.
    var lose: @Sendable (LimitCounter) async throws -> Void = { _ in }

    static func local(_ clock: TestClock = TestClock(), maxSubjects: Int = maxSubjects) -> StoreUnderTest {
        let store = LocalLimitStore(maxSubjects: maxSubjects, clock: clock.read)
        return StoreUnderTest(store: store, clock: clock, lose: { store.lose($0) })
    }

    func reserve(
        _ id: ReservationID = .random(), _ claims: [LimitClaim], of tenant: LimitTenant, _ demand: LimitDemand,
        lease: Int = 30_000
    ) async throws -> ReserveOutcome {
        try await store.reserve(
            ReservationRequest(id: id, tenant: tenant, claims: claims, demand: demand, leaseMilliseconds: lease),
            on: anyLoop)
    }

    func settle(_ reservation: Reservation, _ actuals: LimitActuals) async throws -> SettleOutcome {
        try await store.settle(reservation, actuals: actuals, on: anyLoop)
    }

    func charge(
        _ id: ReservationID, _ claims: [LimitClaim], of tenant: LimitTenant, _ actuals: LimitActuals, age: Int = 0
    ) async throws -> SettleOutcome {
        try await store.charge(claims, tenant: tenant, id: id, actuals: actuals, age: age, on: anyLoop)
    }

    func renew(_ reservations: [Reservation], lease: Int = 30_000) async throws {
        let outcome = await store.renew(reservations, leaseMilliseconds: lease, on: anyLoop)
        if let failure = outcome.failure { throw failure }
        #expect(outcome.renewed == reservations.map(\.id))
    }

    func state(_ claims: [LimitClaim], of tenant: LimitTenant) async throws -> [Amounts] {
        try await store.inspect(claims, tenant: tenant, on: anyLoop).map { Amounts($0) }
    }

    func sweep() async throws -> Int { try await store.sweep(on: anyLoop) }
}

/// What a limit counts, to compare.
struct Amounts: Equatable, CustomStringConvertible {
    let used: Int
    let reserved: Int

    init(_ used: Int, _ reserved: Int) {
        self.used = used
        self.reserved = reserved
    }

    init(_ state: LimitState) {
        self.init(state.used, state.reserved)
    }

    static let none = Amounts(0, 0)

    var description: String { "used \(used), reserved \(reserved)" }
}

extension WindowState {
    /// Counts usage in the current period.
    mutating func charge(_ amount: Int) { charge(amount, at: bucket, length: 0) }
}
