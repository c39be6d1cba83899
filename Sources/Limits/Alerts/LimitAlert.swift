/// A limit has filled up to one of the percentages its plan names.
package struct LimitAlert: Sendable, Hashable {
    /// 32 hexadecimal digits, made from counter, period, maximum and threshold: a replica that reports the same again,
    /// because it could not know, gives the same id.
    package let id: String
    /// Milliseconds since 1970.
    package let time: Int
    /// Whose request passed the threshold; also for counters that all tenants share.
    package let tenant: String
    package let counter: LimitCounter
    /// Percent, from the plan.
    package let threshold: Int
    /// Percent of the maximum that is used, rounded down; may be above 100.
    package let percent: Int
    /// Requests or tokens; nano-dollars for cost.
    package let used: Int
    package let max: Int
    /// When the limit is whole again if nothing new comes, milliseconds since 1970.
    package let resetsAt: Int
    /// The limit is counted and shown, never enforced.
    package let shadow: Bool
}
