/// Which master of a cluster serves which slot.
struct ClusterMap: Sendable, Equatable {
    /// A cluster of more masters is not supported; the documented limit of Redis is 1000 nodes.
    static let maxNodes = 1024
    private static let unserved = UInt16.max

    let masters: [RedisAddress]
    /// Index into ``masters`` by slot.
    private let owners: [UInt16]

    /// Reads the reply to `CLUSTER SLOTS`: ranges of `[first, last, [host, port, …] of the master, replicas…]`.
    ///
    /// - Parameter asked: The node that replied; its host stands in for a master whose host is not told.
    init?(_ reply: RedisReply, asked: RedisAddress) {
        guard let ranges = reply.elements else { return nil }
        var masters: [RedisAddress] = []
        var indices: [RedisAddress: UInt16] = [:]
        var owners = [UInt16](repeating: Self.unserved, count: HashSlot.count)
        for range in ranges {
            guard let parts = range.elements, parts.count >= 3, let first = parts[0].integer,
                let last = parts[1].integer, let node = parts[2].elements, node.count >= 2,
                let port = node[1].integer, (1...65535).contains(port), 0 <= first, first <= last,
                last < HashSlot.count
            else { return nil }
            let host = node[0].string ?? ""
            let address = RedisAddress(host: host.isEmpty || host == "?" ? asked.host : host, port: port)
            let index = indices[address] ?? UInt16(masters.count)
            if Int(index) == masters.count {
                guard masters.count < Self.maxNodes else { return nil }
                masters.append(address)
                indices[address] = index
            }
            for slot in first...last { owners[slot] = index }
        }
        guard !masters.isEmpty else { return nil }
        self.masters = masters
        self.owners = owners
    }

    /// The index in ``masters`` of who serves the slot; nil when nobody does.
    func owner(ofSlot slot: Int) -> Int? {
        let index = self.owners[slot & (HashSlot.count - 1)]
        return index == Self.unserved ? nil : Int(index)
    }
}
