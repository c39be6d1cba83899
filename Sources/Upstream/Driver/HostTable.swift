/// The origins one driver deals with.
///
/// Two providers with the same origin but different permission for private addresses are two entries with separate
/// connection pools: a connection that one may not open must not reach it through the cache either.
final class HostTable {
    private struct Key: Hashable {
        var url: String
        var allowPrivateNetwork: Bool
        var limit: Int?
    }

    /// Above these the tables are emptied of what is unused. URLs are few (one or two per provider and model) unless
    /// callers put identifiers into them.
    private static let maxURLs = 2_048
    private static let maxHosts = 1_024

    private let budgets: BudgetBook
    private let offersHTTP2: Bool
    private let userAgent: String
    private var byURL: [Key: Endpoint] = [:]
    private var byOrigin: [Key: HostState] = [:]
    /// Hosts that were forgotten, to be rid of their connections.
    private var forgotten: [HostState] = []

    init(budgets: BudgetBook, offersHTTP2: Bool, userAgent: String = "") {
        self.budgets = budgets
        self.offersHTTP2 = offersHTTP2
        self.userAgent = userAgent
    }

    /// nil for a URL the transport does not take.
    func endpoint(for request: UpstreamRequest) -> Endpoint? {
        let key = Key(
            url: request.url, allowPrivateNetwork: request.allowPrivateNetwork, limit: request.connectionLimit)
        if let known = self.byURL[key] { return known }
        guard let origin = Origin(url: request.url),
            let parts = URLParts(url: request.url, isSecure: origin.isSecure)
        else { return nil }
        let host = self.host(for: origin, key: key)
        let endpoint = Endpoint(host: host, parts: parts, userAgent: self.userAgent)
        if self.byURL.count >= Self.maxURLs { self.byURL.removeAll(keepingCapacity: true) }
        self.byURL[key] = endpoint
        return endpoint
    }

    var hosts: [HostState] { Array(self.byOrigin.values) }

    /// The hosts that were forgotten since the last call.
    func takeForgotten() -> [HostState] {
        let hosts = self.forgotten
        self.forgotten = []
        return hosts
    }

    private func host(for origin: Origin, key: Key) -> HostState {
        var originKey = key
        originKey.url = origin.text
        if let known = self.byOrigin[originKey] { return known }
        if self.byOrigin.count >= Self.maxHosts {
            self.forgotten.append(contentsOf: self.byOrigin.values.filter { $0.users == 0 })
            self.byOrigin = self.byOrigin.filter { $0.value.users > 0 }
            self.byURL.removeAll(keepingCapacity: true)
        }
        let budget = key.limit.map { self.budgets.budget(origin: origin.text, limit: $0) }
        let host = HostState(
            origin: origin, allowPrivateNetwork: key.allowPrivateNetwork, budget: budget,
            offersHTTP2: self.offersHTTP2)
        self.byOrigin[originKey] = host
        return host
    }
}
