import Logging
import NIOCore
import Synchronization

/// Keeps the topology up to date and tells the lanes. One search at a time, with waits between searches.
final class TopologyCoordinator: Sendable {
    private struct State {
        var lanes: [RedisLane] = []
        var topology: Topology?
        var lastFailure: RedisFailure?
        var isWanted = false
        var search: Task<Void, Never>?
        var isClosed = false
        var waiters: [Int: EventLoopPromise<Void>] = [:]
        var nextWaiter = 0
    }

    /// Between two searches that both found something.
    private static let interval = TimeAmount.milliseconds(200)

    private let discovery: TopologyDiscovery
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let state = Mutex(State())

    init(dialer: Dialer, eventLoop: any EventLoop, logger: Logger) {
        self.discovery = TopologyDiscovery(dialer: dialer, eventLoop: eventLoop)
        self.eventLoop = eventLoop
        self.logger = logger
    }

    var topology: Topology? { self.state.withLock { $0.topology } }

    func start(_ lanes: [RedisLane]) {
        self.state.withLock { $0.lanes = lanes }
        self.refresh()
    }

    /// Searches (again), soon.
    func refresh() {
        self.state.withLock { state in
            guard !state.isClosed else { return }
            state.isWanted = true
            if state.search == nil { state.search = Task { await self.run() } }
        }
    }

    /// A connection is lost or cannot be made: another node may have taken over, where there is another.
    func noteTrouble() {
        let configuration = self.discovery.dialer.configuration
        let mayMove = configuration.master != nil || configuration.addresses.count > 1
        if mayMove || self.topology?.isCluster == true { self.refresh() }
    }

    private func run() async {
        let configuration = self.discovery.dialer.configuration
        var backoff = Backoff(first: configuration.firstBackoff, last: configuration.lastBackoff)
        while let known = self.beginSearch() {
            do throws(RedisFailure) {
                self.publish(try await self.discovery.discover(known: known))
                backoff.reset()
                await self.pause(Self.interval)
            } catch {
                self.publish(error)
                var random = SystemRandomNumberGenerator()
                await self.pause(backoff.next(using: &random))
                self.state.withLock { $0.isWanted = true }
            }
        }
    }

    /// The nodes known so far; nil when no search is wanted.
    private func beginSearch() -> [RedisAddress]? {
        self.state.withLock { state in
            guard state.isWanted, !state.isClosed else {
                state.search = nil
                return nil
            }
            state.isWanted = false
            if case .cluster(let map) = state.topology { return map.masters }
            return []
        }
    }

    private func publish(_ topology: Topology) {
        let (lanes, waiters, isNew) = self.state.withLock { state in
            let isNew = state.topology != topology
            state.topology = topology
            state.lastFailure = nil
            let waiters = state.waiters.values
            state.waiters = [:]
            return (state.lanes, waiters, isNew)
        }
        if isNew { self.logger.info("Redis found", metadata: ["topology": "\(topology)"]) }
        for lane in lanes { lane.eventLoop.execute { lane.adopt(topology) } }
        for waiter in waiters { waiter.succeed() }
    }

    private func publish(_ failure: RedisFailure) {
        let (lanes, isFirst) = self.state.withLock { state in
            let isFirst = state.lastFailure == nil
            state.lastFailure = failure
            return (state.lanes, isFirst)
        }
        self.logger.log(
            level: isFirst ? .warning : .debug, "cannot find out what serves Redis", metadata: ["reason": "\(failure)"])
        for lane in lanes { lane.eventLoop.execute { lane.discoveryFailed(failure) } }
    }

    private func pause(_ time: TimeAmount) async {
        let scheduled = self.eventLoop.scheduleTask(in: time) {}
        await withTaskCancellationHandler {
            _ = try? await scheduled.futureResult.get()
        } onCancel: {
            scheduled.cancel()
        }
    }
}

extension TopologyCoordinator {
    /// Returns when the topology is known. The wait ends as failed after the limit, with what the last search failed
    /// with if there was one, and at once when the task is cancelled.
    func wait(within limit: TimeAmount) async throws(RedisFailure) {
        let promise = self.eventLoop.makePromise(of: Void.self)
        let id = self.state.withLock { state -> Int? in
            guard !state.isClosed, state.topology == nil else { return nil }
            state.nextWaiter += 1
            state.waiters[state.nextWaiter] = promise
            return state.nextWaiter
        }
        guard let id else {
            promise.succeed()
            if self.topology == nil { throw .closed }
            return
        }
        let deadline = self.eventLoop.scheduleTask(in: limit) { self.end(id, nil) }
        defer { deadline.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                self.end(id, .cancelled)
            }
        } catch {
            throw error as? RedisFailure ?? .closed
        }
    }

    private func end(_ waiter: Int, _ failure: RedisFailure?) {
        let (promise, last) = self.state.withLock { ($0.waiters.removeValue(forKey: waiter), $0.lastFailure) }
        promise?.fail(failure ?? last ?? .timeout)
    }

    /// Stops searching; waits for a search under way, at most the connect timeout.
    func shutdown() async {
        await self.close()?.value
    }

    /// Returns the search under way.
    @discardableResult
    func close() -> Task<Void, Never>? {
        let (search, waiters) = self.state.withLock { state in
            state.isClosed = true
            state.lanes = []
            let waiters = state.waiters.values
            state.waiters = [:]
            return (state.search, waiters)
        }
        search?.cancel()
        for waiter in waiters { waiter.fail(RedisFailure.closed) }
        return search
    }
}
