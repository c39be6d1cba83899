import Synchronization

/// The budgets of all origins with a connection limit, shared by the drivers.
final class BudgetBook: Sendable {
    private struct Key: Hashable {
        var origin: String
        var limit: Int
    }

    /// Origins with a limit come from the providers in the policy, so this is far above what is in use; it bounds what
    /// many policy reloads could leave behind.
    private static let maxEntries = 4_096

    private let budgets = Mutex<[Key: HostBudget]>([:])

    func budget(origin: String, limit: Int) -> HostBudget {
        self.budgets.withLock { budgets in
            let key = Key(origin: origin, limit: limit)
            if let known = budgets[key] { return known }
            // Forgetting budgets in use would only mean that two generations of transfers are counted apart.
            if budgets.count >= Self.maxEntries { budgets.removeAll() }
            let budget = HostBudget(connections: limit)
            budgets[key] = budget
            return budget
        }
    }
}
