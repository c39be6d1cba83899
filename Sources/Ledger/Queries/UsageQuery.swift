package import Storage

/// What a dashboard asks: sums of requests between two moments, broken down.
///
/// Answered from rollups alone, never from the rows of requests.
package struct UsageQuery: Sendable, Hashable {
    /// Whose usage the asker may see; enforced whatever the other members say.
    package var scope: TenantScope
    /// The first moment that counts, to the minute. Where minutes or hours are not kept any more, the beginning of its
    /// hour or day; ``UsageReport/from`` says what became of it.
    package var from: Timestamp
    /// The first moment that counts no more; rounded up in the same way.
    package var to: Timestamp
    /// At most one dimension of time among them.
    package var groupBy: Set<UsageDimension> = []

    package var tenant: String?
    /// A key's public id. Its tenant is found by itself.
    package var key: String?
    /// Give the tenant with it: users are looked for period by period, over all tenants else.
    package var user: String?
    package var provider: String?
    /// As the provider knows it.
    package var model: String?

    /// Which groups come first, and which are left out when there are more than ``limit``.
    package var order = Order.cost
    /// The largest number of groups, times not counted; held to 1...1000, and to what makes no more than 20,000 rows
    /// together with the periods.
    package var limit = 100

    package enum Order: String, Sendable, Hashable, CaseIterable {
        case cost, requests, tokens, errors
    }

    package init(scope: TenantScope, from: Timestamp, to: Timestamp, groupBy: Set<UsageDimension> = []) {
        self.scope = scope
        self.from = from
        self.to = to
        self.groupBy = groupBy
    }
}

/// Why a query is not answered.
package enum UsageQueryError: Error, Sendable, Hashable {
    /// More than one of minute, hour and day.
    case severalPeriods
    /// Nothing lies between the two moments.
    case emptyRange
    /// Minutes or hours are asked for that are not kept any more.
    case notKept(UsageDimension, since: Timestamp)
    /// The range has more periods than an answer may have.
    case tooManyPeriods(UsageDimension, count: Int, max: Int)
    case storage(StorageError)
}

extension UsageQueryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .severalPeriods: "group by one of minute, hour and day, not by several"
        case .emptyRange: "\"from\" must be before \"to\""
        case .notKept(let dimension, let since):
            """
            usage by the \(dimension.rawValue) is kept since \(since) only: let "from" be no earlier, or group by \
            \(dimension == .minute ? "hour or day" : "day")
            """
        case .tooManyPeriods(let dimension, let count, let max):
            """
            the range has \(count) of the periods \"\(dimension.rawValue)\", and an answer at most \(max): group by \
            longer periods, or ask for a shorter range
            """
        case .storage(let error): error.description
        }
    }
}
