import CCurl

// HTTP/1.1 on the driver's own connections: which one a transfer gets, and how it gets a new one.
extension Driver {
    /// Unused connections kept per origin; more are closed.
    private static let maxIdlePerHost = 4_096
    /// Connections that libcurl may lose between opening and handing over, per transfer.
    private static let maxLostConnections = 3
    /// Larger bodies are sent from the request's own memory instead of together with the head.
    private static let inlineBodyBytes = 16 * 1024

    /// False when a connection had to be opened, which costs far more than to use one.
    func runOnWire(_ lane: Lane, _ host: HostState) -> Bool {
        lane.wireStart = self.nowMicroseconds
        lane.connectTimings = UpstreamTimings()
        lane.prepareToRun()
        lane.state = .running
        let oldest = self.now - Int64(self.configuration.idleConnectionSeconds) * 1_000
        if lane.transfer?.request.needsFreshConnection == false {
            while let connection = host.idle.pop(notBefore: oldest) {
                connection.isIdle = false
                if self.begin(lane, on: connection) { return true }
            }
        }
        self.connect(lane, host)
        return false
    }

    private func connect(_ lane: Lane, _ host: HostState) {
        guard let transfer = lane.transfer else { return }
        if lane.easy == nil { lane.easy = self.makeHandle(for: lane) }
        guard let easy = lane.easy, let multi = self.connectingMulti() else {
            return self.end(lane, .failed(.outOfResources))
        }
        let timeout = lane.clock.connectTimeLeft(now: self.now)
        if let refusal = easy.prepareToConnect(transfer.request.url, connectTimeout: timeout) {
            return self.end(lane, .failed(.refused(refusal)))
        }
        self.counters.connectionsLookedThrough.increase(by: multi.running)
        guard multi.add(easy) else { return self.end(lane, .failed(.outOfResources)) }
        lane.multi = multi
    }

    /// libcurl has opened the connection. It lets go of it, except over TLS.
    func connected(_ lane: Lane) {
        guard let easy = lane.easy, let multi = lane.multi, let host = lane.host else { return }
        lane.connectTimings = easy.connectTimings
        let socket = lane.openedSocket
        let isOurs = socket >= 0 && self.sockets.isOpen(socket, by: lane.slot)
        guard isOurs, self.sockets.takeOver(socket, watchingWrites: host.origin.isSecure) else {
            return self.lostConnection(lane, host)
        }
        lane.multi = nil
        let secure = host.origin.isSecure ? SecureLink(easy: easy, multi: multi) : nil
        if secure == nil {
            self.keepOpen = socket
            multi.remove(easy, now: self.now)
            self.keepOpen = -1
        } else {
            lane.easy = nil
        }
        if !self.sockets.isEstablished(socket) { self.established(socket) }
        let connection = Connection(socket: socket, host: host, secure: secure)
        self.register(connection)
        if self.begin(lane, on: connection) { return }
        self.lostConnection(lane, host)
    }

    /// libcurl closes a connection it takes for dead, which one that has bytes to read may look like. Nothing has been
    /// sent on it yet.
    private func lostConnection(_ lane: Lane, _ host: HostState) {
        if let easy = lane.easy, let multi = lane.multi {
            multi.remove(easy, now: self.now)
            lane.multi = nil
        }
        lane.lostConnections += 1
        guard lane.lostConnections <= Self.maxLostConnections else {
            return self.end(
                lane,
                .failed(
                    UpstreamFailure(
                        .connect, .reset, message: "\(host.origin.host): new connections are closed at once")))
        }
        lane.prepareToRun()
        self.connect(lane, host)
    }

    /// Sends the request. False when the connection turns out to be closed before it took any of it; then it is gone,
    /// and the request can go to another one without a trace. After the first byte that is for the caller to decide.
    private func begin(_ lane: Lane, on connection: Connection) -> Bool {
        guard let transfer = lane.transfer, let endpoint = lane.endpoint else { return true }
        let request = transfer.request
        connection.reader = ResponseReader(isBodyless: request.method == "HEAD")
        connection.isAnswered = false
        swap(&connection.outgoing, &self.outbox)
        connection.outgoing.removeAll(keepingCapacity: true)
        endpoint.render(request, into: &connection.outgoing)
        connection.outgoingSent = 0
        connection.bodySent = 0
        if request.body.count <= Self.inlineBodyBytes {
            connection.outgoing.append(contentsOf: request.body)
            connection.bodySent = request.body.count
        }
        let sent = connection.send(request.body)
        if case .broken = sent, !connection.hasSent {
            self.close(connection)
            return false
        }
        lane.connection = connection
        connection.lane = lane
        lane.connectTimings.reusedConnection = connection.wasUsed
        connection.wasUsed = true
        var isWritten = false
        if case .all = sent { isWritten = true }
        lane.clock.connected(now: self.now, isWritten: isWritten)
        self.schedule(lane)
        self.wrote(sent, on: connection)
        return true
    }

    /// Goes on sending when the socket takes bytes again.
    func writable(_ connection: Connection) {
        guard let lane = connection.lane, let body = lane.transfer?.request.body, !connection.isWriteBroken,
            !connection.hasSentAll(body)
        else { return }
        let before = connection.outgoingSent + connection.bodySent
        let sent = connection.send(body)
        if connection.outgoingSent + connection.bodySent > before {
            lane.clock.wrote(now: self.now, isLast: connection.hasSentAll(body))
            self.schedule(lane)
        }
        self.wrote(sent, on: connection)
    }

    private func wrote(_ sent: Connection.Sent, on connection: Connection) {
        switch sent {
        case .all:
            // The buffer goes from one connection to the next.
            if connection.outgoing.capacity > self.outbox.capacity { swap(&connection.outgoing, &self.outbox) }
            connection.outgoing = []
            connection.outgoingSent = 0
        case .some:
            guard !connection.watchesWrites else { return }
            connection.watchesWrites = true
            self.sockets.watchWrites(connection.socket)
        case .broken(let reason):
            connection.isWriteBroken = true
            connection.isHungUp = true
            // A provider that refuses a request before it has read it closes the connection; its answer is worth more
            // than the failure.
            self.read(connection)
            if let lane = connection.lane { self.end(lane, .failed(lane.broken(reason, on: connection))) }
        }
    }

    /// The request is over, in one way or the other.
    func leave(_ connection: Connection, reuse: Bool) {
        let body = connection.lane?.transfer?.request.body ?? []
        let isWritten = connection.hasSentAll(body)
        connection.lane?.connection = nil
        connection.lane = nil
        let host = connection.host
        guard reuse, isWritten, !connection.isSpoilt, connection.reader.keepsAlive, !self.isClosing,
            host.idle.count < Self.maxIdlePerHost
        else { return self.close(connection) }
        connection.isIdle = true
        connection.idleSince = self.now
        host.idle.push(connection)
    }

    /// Closes it; there must be no transfer on it any more.
    func close(_ connection: Connection) {
        if connection.isIdle {
            connection.isIdle = false
            connection.host.idle.lost()
        }
        self.unregister(connection)
        if let secure = connection.secure {
            // Says farewell and closes the socket by way of the callback.
            secure.multi.remove(secure.easy, now: self.now)
        } else {
            _ = self.closeSocket(connection.socket)
        }
    }

    func closeIdle(of host: HostState, before oldest: Int64) {
        for connection in host.idle.takeExpired(before: oldest) {
            connection.isIdle = false
            self.close(connection)
        }
    }
}

extension UpstreamFailure {
    static func refused(_ code: CURLcode) -> UpstreamFailure {
        let text = "the request was refused: \(CurlLibrary.describe(code))"
        return UpstreamFailure(.protocolError, .other, curlCode: Int32(code.rawValue), message: text)
    }
}
