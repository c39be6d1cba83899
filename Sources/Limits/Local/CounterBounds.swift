/// How many counters a store keeps.
struct CounterBounds: Sendable {
    /// Subjects of one limit of one tenant that are kept apart; all beyond share one counter.
    static let defaultSubjects = 50_000
    /// Counters of a shard from which on a limit keeps no more than ``guaranteedSubjects`` apart. Not more than that
    /// depends on what other tenants do.
    let counters: Int
    let subjects: Int
    let guaranteedSubjects: Int

    init(counters: Int, subjects: Int) {
        self.counters = max(0, counters)
        self.subjects = max(0, subjects)
        guaranteedSubjects = min(256, self.subjects)
    }
}
