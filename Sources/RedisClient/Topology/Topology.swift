/// What serves the keys.
enum Topology: Sendable, Equatable {
    /// One server: the only one there is, or the master that sentinels name.
    case single(RedisAddress)
    case cluster(ClusterMap)
}

extension Topology {
    var isCluster: Bool {
        if case .cluster = self { true } else { false }
    }

    var masters: [RedisAddress] {
        switch self {
        case .single(let address): [address]
        case .cluster(let map): map.masters
        }
    }
}

extension Topology: CustomStringConvertible {
    var description: String {
        switch self {
        case .single(let address): "server \(address)"
        case .cluster(let map): "cluster of \(map.masters.count) masters"
        }
    }
}
