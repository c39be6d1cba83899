/// What one driver knows about one origin.
final class HostState {
    enum HTTPVersion {
        case unknown, http1, http2
    }

    let origin: Origin
    let allowPrivateNetwork: Bool
    let budget: HostBudget?
    /// Learned from the answers.
    var version: HTTPVersion
    /// Running transfers by index of the multi handle within the pool.
    private(set) var load: [Int] = []
    /// Whether requests go over connections of the driver's own. Else libcurl makes the whole transfer, because the
    /// origin may speak HTTP/2.
    let isOnWire: Bool
    /// Unused connections; only where ``isOnWire``.
    var idle = IdleConnections<Connection>()
    /// Lanes that refer to this object.
    var users = 0

    /// The transfer whose name lookup is under way. libcurl starts a thread per lookup and does not merge lookups of
    /// the same name, so the others wait for the first one and then find its result in the cache.
    var isLookingUp = false
    var parked: [Lane] = []

    init(origin: Origin, allowPrivateNetwork: Bool, budget: HostBudget?, offersHTTP2: Bool) {
        self.origin = origin
        self.allowPrivateNetwork = allowPrivateNetwork
        self.budget = budget
        self.version = origin.isSecure && offersHTTP2 ? .unknown : .http1
        self.isOnWire = self.version == .http1
    }

    /// The multi handle for the next transfer: the first with room, so that few transfers keep using the same warm
    /// connections.
    ///
    /// Over HTTP/2 (and while that is still possible) a multi handle gets what one connection may carry: libcurl opens
    /// a connection for each transfer that finds the others full, even if one is being opened that would do for all.
    func pickMulti(perMulti: Int, streamsPerConnection: Int, maxMultis: Int) -> Int {
        let perMulti = self.version == .http1 ? perMulti : streamsPerConnection
        if let index = self.load.firstIndex(where: { $0 < perMulti }) { return index }
        if self.load.count < maxMultis { return self.load.count }
        return self.load.indices.min { self.load[$0] < self.load[$1] } ?? 0
    }

    func started(on index: Int) {
        while self.load.count <= index { self.load.append(0) }
        self.load[index] += 1
    }

    func ended(on index: Int) {
        guard self.load.indices.contains(index) else { return }
        self.load[index] -= 1
    }
}
