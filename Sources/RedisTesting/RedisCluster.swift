/// A cluster of real servers on the loopback address, all of them masters.
package final class RedisCluster: Sendable {
    package let servers: [RedisServer]

    private init(servers: [RedisServer]) {
        self.servers = servers
    }

    /// Returns when every node takes the cluster for complete; one to three seconds.
    package static func start(masters count: Int) async throws -> RedisCluster {
        var servers: [RedisServer] = []
        do {
            for _ in 0..<count {
                servers.append(
                    try await RedisServer.start(arguments: [
                        "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port",
                        "\(try freePort())",
                    ]))
            }
            try await self.join(servers)
        } catch {
            for server in servers { await server.stop() }
            throw error
        }
        return RedisCluster(servers: servers)
    }

    private static func join(_ servers: [RedisServer]) async throws {
        let share = 16384 / servers.count
        for (index, server) in servers.enumerated() {
            let last = index == servers.count - 1 ? 16383 : (index + 1) * share - 1
            try await server.command("CLUSTER", "ADDSLOTSRANGE", "\(index * share)", "\(last)")
            try await server.command("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
        }
        for server in servers.dropFirst() {
            let busPort = try await server.command("CONFIG", "GET", "cluster-port").split(separator: "\n").last ?? ""
            try await servers[0].command("CLUSTER", "MEET", "127.0.0.1", "\(server.port)", String(busPort))
        }
        for server in servers {
            try await server.wait(for: "CLUSTER", "INFO") {
                $0.contains("cluster_state:ok") && $0.contains("cluster_size:\(servers.count)")
            }
        }
    }

    package func stop() async {
        for server in self.servers { await server.stop() }
    }
}
