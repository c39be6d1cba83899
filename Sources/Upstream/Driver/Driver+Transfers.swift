import CCurl
import DequeModule

// The life of a transfer: queued for a connection, parked for a name lookup, running, ended.
extension Driver {
    func start(_ transfer: Transfer) {
        self.counters.transfers.increase()
        let lane = self.takeLane()
        let endpoint = self.hosts.endpoint(for: transfer.request)
        lane.begin(transfer, endpoint: endpoint)
        guard let host = endpoint?.host else {
            return self.end(
                lane, .failed(UpstreamFailure(.protocolError, .other, message: "not an absolute http or https URL")))
        }
        for forgotten in self.hosts.takeForgotten() { self.closeIdle(of: forgotten, before: .max) }
        self.schedule(lane)
        if let budget = host.budget {
            transfer.budget = budget
            guard budget.acquire(for: transfer) else {
                lane.state = .queued
                self.counters.queuedTransfers.increase()
                return
            }
        }
        self.makeReady(lane)
    }

    /// A place at the budget has come free for this transfer.
    func granted(_ transfer: Transfer) {
        guard let lane = transfer.lane, lane.state == .queued else {
            // Gave up meanwhile; the place goes on to the next one.
            self.releasePlace(of: transfer)
            return
        }
        self.counters.queuedTransfers.decrease()
        self.makeReady(lane)
    }

    /// Safe inside callbacks.
    private func makeReady(_ lane: Lane) {
        lane.state = .ready
        self.ready.append(lane)
    }

    func startReady() {
        var (started, opened) = (0, 0)
        while started < Self.startsPerTurn, opened < Self.opensPerTurn, let lane = self.ready.popFirst() {
            guard lane.state == .ready, let host = lane.host else { continue }
            started += 1
            if host.isOnWire {
                if !self.runOnWire(lane, host) { opened += 1 }
            } else {
                self.run(lane, host)
                opened += 1
            }
        }
    }

    private func run(_ lane: Lane, _ host: HostState) {
        guard let transfer = lane.transfer else { return }
        if lane.easy == nil { lane.easy = self.makeHandle(for: lane) }
        let index = host.pickMulti(
            perMulti: self.configuration.transfersPerMulti,
            streamsPerConnection: self.configuration.streamsPerConnection, maxMultis: Self.maxMultisPerPool)
        guard let easy = lane.easy, let multi = self.multi(at: index, allowPrivateNetwork: host.allowPrivateNetwork)
        else {
            return self.end(lane, .failed(.outOfResources))
        }
        lane.prepareToRun()
        let refusal = easy.prepare(
            transfer.request, connectTimeout: lane.clock.connectTimeLeft(now: self.now),
            waitsForConnection: host.version != .http1)
        if let refusal {
            return self.end(lane, .failed(.refused(refusal)))
        }
        guard multi.add(easy) else { return self.end(lane, .failed(.outOfResources)) }
        lane.state = .running
        lane.multi = multi
        lane.multiIndex = index
        host.started(on: index)
        if host.version != .http1 { multi.streams.append(lane) }
    }

    /// libcurl is done with a transfer.
    func finished(_ lane: Lane, _ code: CURLcode) {
        guard lane.state == .running else { return }
        if lane.mustPark, lane.clock.isConnected == false {
            self.park(lane)
            return
        }
        if lane.host?.isOnWire == true, code == CURLE_OK { return self.connected(lane) }
        let outcome = lane.outcome(code)
        if lane.isLookingUp, case .failed(let failure) = outcome, failure.kind == .dns {
            self.failParked(lane.host, failure)
        }
        self.end(lane, outcome)
    }

    private func park(_ lane: Lane) {
        self.detach(lane)
        lane.state = .parked
        guard let host = lane.host, host.isLookingUp else {
            self.makeReady(lane)
            return
        }
        host.parked.append(lane)
    }

    /// They wait for the very lookup that failed.
    private func failParked(_ host: HostState?, _ failure: UpstreamFailure) {
        guard let host else { return }
        let parked = host.parked
        host.parked = []
        for lane in parked { self.end(lane, .failed(failure)) }
    }

    /// The lane's name lookup (if there was one) has brought an address, or has failed. Safe inside callbacks.
    func lookupEnded(_ lane: Lane) {
        guard lane.isLookingUp, let host = lane.host else { return }
        lane.isLookingUp = false
        host.isLookingUp = false
        self.counters.lookups.decrease()
        for parked in host.parked { self.makeReady(parked) }
        host.parked = []
    }

    func cancelled(_ transfer: Transfer) {
        guard let lane = transfer.lane, lane.state != .ended else { return }
        self.end(lane, .failed(.cancelledByCaller))
    }

    /// The consumer has read what it had been asked to report on. More may have come in since.
    func consumed(_ transfer: Transfer) {
        guard let lane = transfer.lane, lane.state == .running else { return }
        lane.unreadBytes = transfer.unreadBytes
        if lane.isPaused, lane.unreadBytes < self.pauseLimit(lane) { self.resume(lane) }
    }

    func resume(_ lane: Lane) {
        lane.isPaused = false
        lane.clock.resume(now: self.now)
        self.schedule(lane)
        if let connection = lane.connection { return self.read(connection) }
        guard let easy = lane.easy, let multi = lane.multi else { return }
        // Delivers what libcurl had kept, through the write callback, before it returns.
        curl_easy_pause(easy.curl, CURLPAUSE_CONT)
        self.touched(multi)
    }

    func learned(_ version: HostState.HTTPVersion, about host: HostState?) {
        guard let host, host.version != version else { return }
        host.version = version
        guard version == .http2, let budget = host.budget else { return }
        for transfer in budget.widen(streamsPerConnection: self.configuration.streamsPerConnection) {
            _ = transfer.port.post(.granted(transfer))
        }
    }

    /// Ends a transfer in any state; its consumer hears of it at the end of this turn. Not for use inside callbacks.
    func end(_ lane: Lane, _ end: TransferEnd) {
        switch lane.state {
        case .idle, .ended:
            return
        case .queued:
            self.counters.queuedTransfers.decrease()
            // If it has left the queue already, a grant is on its way, and the place is passed on when that arrives.
            if let transfer = lane.transfer, transfer.budget?.withdraw(transfer) == true { transfer.budget = nil }
        case .parked:
            lane.host?.parked.removeAll { $0 === lane }
            self.releasePlace(of: lane.transfer)
        case .running:
            var isFinished = true
            if case .failed = end { isFinished = false }
            if let connection = lane.connection {
                self.leave(connection, reuse: isFinished)
            } else {
                isFinished ? self.detach(lane) : self.abort(lane)
            }
            self.releasePlace(of: lane.transfer)
        case .starting, .ready:
            self.releasePlace(of: lane.transfer)
        }
        self.lookupEnded(lane)
        self.unschedule(lane)
        lane.state = .ended
        lane.end = end
        if lane.isWhole, case .failed = end {
            lane.head = nil
            lane.bytes = []
        }
        self.markDirty(lane)
    }

    /// Takes a transfer away from libcurl that has not come to its end, in such a way that the provider hears of it.
    ///
    /// libcurl 7.88 only puts the reset of an HTTP/2 stream into the connection's buffer. A connection without other
    /// streams is closed instead, as over HTTP/1.1; on any other one of the others is made to send what is buffered.
    private func abort(_ lane: Lane) {
        lane.easy?.closeConnectionUnlessShared()
        let multi = lane.multi
        self.detach(lane)
        guard let multi, lane.host?.version != .http1, !multi.streams.isEmpty else { return }
        self.unflushed.insert(multi.id)
    }

    /// Sends the resets of this turn.
    func flushResets() {
        guard !self.unflushed.isEmpty else { return }
        for id in self.unflushed {
            guard let multi = self.multi(id) else { continue }
            for lane in multi.streams where lane.clock.isConnected && lane.host?.version != .http1 {
                lane.easy?.flushConnection()
            }
            self.touched(multi)
        }
        self.unflushed.removeAll()
    }

    /// Takes the transfer away from libcurl.
    private func detach(_ lane: Lane) {
        guard let easy = lane.easy, let multi = lane.multi else { return }
        multi.remove(easy, now: self.now)
        if !multi.streams.isEmpty { multi.streams.removeAll { $0 === lane } }
        easy.finish()
        if lane.host?.isOnWire == false { lane.host?.ended(on: lane.multiIndex) }
        lane.multi = nil
        self.touched(multi)
    }

    private func releasePlace(of transfer: Transfer?) {
        guard let transfer, let budget = transfer.budget else { return }
        transfer.budget = nil
        guard let next = budget.release() else { return }
        // Also when it is one of ours: the command queue is the one way in.
        if !next.port.post(.granted(next)) { self.releasePlace(of: next) }
    }
}

extension UpstreamFailure {
    static let outOfResources = UpstreamFailure(.connect, .other, message: "out of memory or file descriptors")
}
