import NIOCore

/// The connections of one event loop: swept for overdue deadlines, told to drain. Confined to that loop.
final class ConnectionRegistry {
    private(set) var connections: [ObjectIdentifier: ConnectionHandler] = [:]
    private(set) var isDraining = false
    /// Bytes of request bodies that the connections hold.
    var heldBytes = 0
    private var sweep: Scheduled<Void>?
    private var emptied: EventLoopPromise<Void>?
    private let eventLoop: any EventLoop

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    func insert(_ connection: ConnectionHandler) {
        connections[ObjectIdentifier(connection)] = connection
    }

    func remove(_ connection: ConnectionHandler) {
        connections[ObjectIdentifier(connection)] = nil
        if connections.isEmpty, let emptied {
            self.emptied = nil
            emptied.succeed()
        }
    }

    /// One timer for all connections: arming one per request would cost more than looking at all of them
    /// once a second.
    func startSweeping(every interval: TimeAmount) {
        sweep = eventLoop.assumeIsolated().scheduleTask(in: interval) { [weak self] in
            guard let self else { return }
            let now = NIODeadline.now()
            for connection in connections.values { connection.checkDeadlines(now: now) }
            startSweeping(every: interval)
        }
    }

    /// Closes idle connections now and busy ones after their answer; the future completes when none is left.
    func drain() -> EventLoopFuture<Void> {
        isDraining = true
        let promise = emptied ?? eventLoop.makePromise(of: Void.self)
        emptied = promise
        for connection in connections.values { connection.drain() }
        if connections.isEmpty, emptied != nil {
            emptied = nil
            promise.succeed()
        }
        return promise.futureResult
    }

    /// Ends every connection, finished or not.
    func closeAll() {
        for connection in connections.values { connection.close() }
    }

    func stopSweeping() {
        sweep?.cancel()
        sweep = nil
    }
}
