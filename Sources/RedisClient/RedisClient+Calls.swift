package import NIOCore

extension RedisClient {
    /// Times a call follows a cluster from node to node, or sends a script's text after its digest.
    private static let maxRepeats = 5

    /// Sends a command and returns its reply. Errors of the server are thrown; redirections of a cluster are followed.
    ///
    /// Not for what changes the connection or keeps it busy (`SUBSCRIBE`, `MULTI`, `SELECT`, `BLPOP` …): all calls of
    /// an event loop share it.
    ///
    /// - Parameters:
    ///   - key: Decides the node of a cluster; nil for any.
    ///   - eventLoop: The caller's own (then nothing hops threads), or any other of the client's.
    ///   - timeout: For the whole call; kept to within some 10 ms.
    /// - Throws: Also ``RedisFailure/cancelled``, at once, when the task is cancelled.
    package func send(
        _ arguments: [RedisArgument], key: String?, on eventLoop: any EventLoop, timeout: TimeAmount
    ) async throws(RedisFailure) -> RedisReply {
        // The server answers nothing to an empty command, so that all later replies would go to the wrong calls.
        guard !arguments.isEmpty else { throw .server(RedisServerError("ERR empty command")) }
        return try await self.call(.arguments(arguments), route: .key(key), on: eventLoop, timeout: timeout)
    }

    /// Runs a script by its digest, and by its text when the server does not have it. All keys lie in one slot.
    package func evaluate(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument], on eventLoop: any EventLoop,
        timeout: TimeAmount
    ) async throws(RedisFailure) -> RedisReply {
        try await self.call(
            .script(script, keys: keys, arguments: arguments, bySource: false), route: .key(keys.first), on: eventLoop,
            timeout: timeout)
    }

    /// Sends a command to every master of a cluster (or to the one server) at the same time.
    ///
    /// - Returns: The replies, in no given order.
    /// - Throws: One of the failures, when any node fails; the others may have executed the command.
    package func masters(
        _ arguments: [RedisArgument], on eventLoop: any EventLoop, timeout: TimeAmount
    ) async throws(RedisFailure) -> [RedisReply] {
        guard !arguments.isEmpty else { throw .server(RedisServerError("ERR empty command")) }
        try await self.waitUntilReady(within: timeout)
        let addresses = self.coordinator?.topology?.masters ?? []
        let outcomes = await withTaskGroup(of: RedisCall.Outcome.self) { group in
            for address in addresses {
                group.addTask {
                    do throws(RedisFailure) {
                        return .success(
                            try await self.call(
                                .arguments(arguments), route: .node(address), on: eventLoop, timeout: timeout))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var replies: [RedisReply] = []
        for outcome in outcomes { replies.append(try outcome.get()) }
        return replies
    }

    private func call(
        _ command: RedisCommand, route: RedisCall.Route, on eventLoop: any EventLoop, timeout: TimeAmount
    ) async throws(RedisFailure) -> RedisReply {
        guard let lane = self.lane(for: eventLoop) else { throw .closed }
        let deadline = eventLoop.now + min(max(timeout, .zero), .hours(1))
        var call = RedisCall(command, route: route, deadline: deadline)
        for _ in 0..<Self.maxRepeats {
            switch await lane.perform(call) {
            case .success(let reply): return reply
            case .failure(.server(let error)): call = try self.repetition(of: call, after: error)
            case .failure(let failure): throw failure
            }
        }
        throw .unavailable("redirected more than \(Self.maxRepeats) times")
    }

    /// What to send instead of a call that the server refused; throws the error when there is nothing.
    private func repetition(of call: RedisCall, after error: RedisServerError) throws(RedisFailure) -> RedisCall {
        switch error.code {
        case "NOSCRIPT":
            guard case .script(let script, let keys, let arguments, bySource: false) = call.command else { break }
            return RedisCall(
                .script(script, keys: keys, arguments: arguments, bySource: true), route: call.route,
                asking: call.asking, deadline: call.deadline)
        case "MOVED", "ASK":
            guard let redirection = Redirection(error, sender: call.node) else { break }
            if redirection.kind == .moved { self.coordinator?.refresh() }
            return RedisCall(
                call.command, route: .node(redirection.target), asking: redirection.kind == .ask,
                deadline: call.deadline)
        case "READONLY", "CLUSTERDOWN":
            // A former master, or a cluster in the middle of a failover.
            self.coordinator?.refresh()
        default:
            break
        }
        throw .server(error)
    }
}
