import Storage

@testable import Ledger

/// What usage queries must answer, worked out from the records themselves.
struct UsageModel {
    var records: [UsageRecord]

    func totals(_ query: UsageQuery) -> UsageTotals {
        var totals = UsageTotals()
        for record in records where matches(record, query) { totals.add(record) }
        return totals
    }

    /// In no particular order.
    func groups(_ query: UsageQuery) -> [UsageModelGroup: UsageTotals] {
        var groups: [UsageModelGroup: UsageTotals] = [:]
        for record in records where matches(record, query) {
            groups[UsageModelGroup(record, query), default: UsageTotals()].add(record)
        }
        return groups
    }

    private func matches(_ record: UsageRecord, _ query: UsageQuery) -> Bool {
        if case .tenant(let own) = query.scope, own != record.tenant { return false }
        // To the minute, as queries round.
        let from = query.from.milliseconds / 60_000 * 60_000
        let to = (query.to.milliseconds + 59_999) / 60_000 * 60_000
        guard from <= record.time.milliseconds, record.time.milliseconds < to else { return false }
        return query.tenant ?? record.tenant == record.tenant && query.key ?? record.key == record.key
            && query.user ?? record.user == record.user && query.provider ?? record.provider == record.provider
            && query.model ?? record.upstreamModel == record.upstreamModel
    }
}

struct UsageModelGroup: Hashable {
    var time: Int?
    var names: [UsageDimension: String] = [:]

    init(_ group: UsageGroup) {
        time = group.time?.milliseconds
        names = group.names
    }

    init(_ record: UsageRecord, _ query: UsageQuery) {
        let ofTenants = !query.groupBy.isDisjoint(with: [.key, .user])
        for dimension in ofTenants ? query.groupBy.union([.tenant]) : query.groupBy {
            switch dimension {
            case .minute: time = record.time.milliseconds / 60_000 * 60_000
            case .hour: time = record.time.milliseconds / 3_600_000 * 3_600_000
            case .day: time = record.time.milliseconds / 86_400_000 * 86_400_000
            case .provider: names[dimension] = record.provider ?? ""
            case .model: names[dimension] = record.upstreamModel ?? ""
            case .tenant: names[dimension] = record.tenant
            case .key: names[dimension] = record.key ?? ""
            case .user: names[dimension] = record.user ?? ""
            }
        }
    }
}

extension UsageTotals {
    mutating func add(_ record: UsageRecord) {
        requests += 1
        errors += record.status >= 400 || record.error != nil ? 1 : 0
        promptTokens += record.promptTokens
        cachedTokens += record.cachedTokens
        cacheWriteTokens += record.cacheWriteTokens
        completionTokens += record.completionTokens
        reasoningTokens += record.reasoningTokens
        costNanodollars += record.costNanodollars ?? 0
        unpricedRequests += record.costNanodollars == nil ? 1 : 0
        savedNanodollars += record.savedNanodollars
        cacheHits += record.cache.isHit ? 1 : 0
        estimatedRequests += record.isEstimated ? 1 : 0
        streams += record.isStream ? 1 : 0
        totalMilliseconds += record.totalMilliseconds
        firstTokenMilliseconds += record.firstTokenMilliseconds ?? 0
        firstTokens += record.firstTokenMilliseconds == nil ? 0 : 1
        latency.add(milliseconds: record.totalMilliseconds)
    }
}
