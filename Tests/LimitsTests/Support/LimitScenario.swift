import Limits
import Policy

/// Random requests over scopes that overlap: two tenants, their users and keys, and all of them together.
struct LimitScenario {
    let tenants = [LimitTenant("one"), LimitTenant("two")]
    private var nextID = 1

    /// The claims of one key; the days are UTC's around `now`, or those of a zone so many hours west.
    func claims(tenant index: Int, key: Int, now: Int, west hours: Int = 0) -> [LimitClaim] {
        let tenant = tenants[index]
        let day = utcDay(now, west: hours)
        return [
            claim(.global, .requests, .minute, max: 60, tenant: tenant),
            claim(.global, .tokens, .hour, max: 90_000, tenant: tenant),
            claim(.tenant, .tokens, .minute, max: 3000, tenant: tenant),
            claim(.tenant, .tokens, .day, max: 400_000, tenant: tenant, calendar: day),
            claim(.tenant, .cost, .hour, max: 400_000, tenant: tenant),
            claim(.user, .requests, .second, max: 3, tenant: tenant, subject: "u\(key / 2)"),
            claim(.user, .cost, .day, max: 3_000_000, tenant: tenant, subject: "u\(key / 2)", calendar: day),
            claim(.key, .tokens, .second, max: 700, tenant: tenant, subject: "k\(key)"),
            claim(.key, .concurrency, nil, max: 4, tenant: tenant, subject: "k\(key)"),
            claim(.tenantModel, .tokens, .minute, max: 500, tenant: tenant, subject: "m", shadow: true),
        ]
    }

    /// A request of a random key for some of its claims.
    mutating func request(_ random: inout SplitMix64, now: Int, west hours: Int = 0) -> ReservationRequest {
        let index = Int.random(in: 0...1, using: &random)
        let all = claims(tenant: index, key: Int.random(in: 0...3, using: &random), now: now, west: hours)
        // Mostly all of them; sometimes a few.
        let claims =
            Int.random(in: 0...3, using: &random) > 0
            ? all : all.filter { _ in Bool.random(using: &random) }
        nextID += 1
        return ReservationRequest(
            id: ReservationID(nextID), tenant: tenants[index], claims: claims.isEmpty ? [all[2]] : claims,
            demand: LimitDemand(
                tokens: Self.amount(&random, most: 400), cost: Self.amount(&random, most: 3000)),
            leaseMilliseconds: [1000, 5000, 30_000].randomElement(using: &random) ?? 1000)
    }

    mutating func freshID() -> ReservationID {
        nextID += 1
        return ReservationID(nextID)
    }

    /// What a request used: often less than it reserved, sometimes much more, and the cost as it comes.
    static func actuals(_ random: inout SplitMix64, requests: Int = 1) -> LimitActuals {
        let isMuch = Bool.random(using: &random)
        return LimitActuals(
            requests: requests, tokens: Int.random(in: 0...(isMuch ? 2000 : 300), using: &random),
            cost: Int.random(in: 0...(Bool.random(using: &random) ? 20_000 : 2000), using: &random))
    }

    /// How far the clock moves before the next step: mostly little, sometimes past a period.
    static func step(_ random: inout SplitMix64) -> Int {
        switch Int.random(in: 0..<1000, using: &random) {
        case 0..<500: 0
        case 500..<900: Int.random(in: 1...200, using: &random)
        case 900..<990: Int.random(in: 200...8000, using: &random)
        case 990..<998: Int.random(in: 8000...90_000, using: &random)
        default: Int.random(in: 90_000...5_000_000, using: &random)
        }
    }

    private static func amount(_ random: inout SplitMix64, most: Int) -> LimitDemand.Amount {
        let need = Int.random(in: 0...most, using: &random)
        return .init(need: need, want: need + Int.random(in: 0...most, using: &random))
    }
}
