import NIOCore

/// Finds out what serves at the configured addresses.
struct TopologyDiscovery: Sendable {
    let dialer: Dialer
    let eventLoop: any EventLoop

    private var configuration: RedisConfiguration { self.dialer.configuration }

    /// Asks one address after the other until one knows.
    ///
    /// - Parameter known: Further nodes to ask about a cluster.
    /// - Throws: What the last one asked failed with.
    func discover(known: [RedisAddress]) async throws(RedisFailure) -> Topology {
        var failure = RedisFailure.unavailable("no address is configured")
        // Not always the same first, so that many gateways spread over sentinels and nodes of a cluster.
        for address in self.configuration.addresses.shuffled() + known where !Task.isCancelled {
            do throws(RedisFailure) {
                if let master = self.configuration.master {
                    return .single(try await self.master(named: master, sentinel: address))
                }
                return try await self.topology(of: address)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// Asks a sentinel, and the server it names whether it agrees: after a failover a sentinel may be late.
    /// (<https://redis.io/docs/latest/develop/reference/sentinel-clients/>)
    private func master(named name: String, sentinel: RedisAddress) async throws(RedisFailure) -> RedisAddress {
        let replies = try await self.ask(
            sentinel, [["SENTINEL", "GET-MASTER-ADDR-BY-NAME", .string(name)]], authenticated: false)
        guard let parts = replies.first?.elements, parts.count == 2, let host = parts[0].string, !host.isEmpty,
            let port = parts[1].integer, (1...65535).contains(port)
        else { throw .unavailable("sentinel \(sentinel) does not know a master named \(name)") }
        let address = RedisAddress(host: host, port: port)
        let role = try await self.ask(address, [["ROLE"]]).first
        guard role?.elements?.first?.string == "master" else {
            throw .unavailable("\(address), named by sentinel \(sentinel), is not a master")
        }
        return address
    }

    /// A server that may not be asked about clusters is taken for a single one.
    private func topology(of address: RedisAddress) async throws(RedisFailure) -> Topology {
        let replies = try await self.ask(address, [["INFO", "cluster"], ["CLUSTER", "SLOTS"]])
        guard let info = replies.first, let slots = replies.last else { throw .unavailable("\(address): no reply") }
        let isCluster: Bool
        if let text = info.string {
            isCluster = text.contains("cluster_enabled:1")
        } else {
            isCluster = slots.elements?.isEmpty == false
        }
        guard isCluster else { return .single(address) }
        if case .error(let error) = slots { throw .server(error) }
        guard let map = ClusterMap(slots, asked: address) else {
            throw .unavailable("\(address) is part of a cluster but tells no valid map of its slots")
        }
        return .cluster(map)
    }

    private func ask(
        _ address: RedisAddress, _ commands: [[RedisArgument]], authenticated: Bool = true
    ) async throws(RedisFailure) -> [RedisReply] {
        do {
            return try await Probe.ask(
                address, commands, authenticated: authenticated, dialer: self.dialer, on: self.eventLoop
            ).get()
        } catch {
            throw error as? RedisFailure ?? .unavailable("\(error)")
        }
    }
}
