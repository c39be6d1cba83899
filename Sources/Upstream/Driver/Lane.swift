import CCurl

/// A place for one transfer in a driver: its libcurl handle, its deadlines, and what has arrived but not been handed
/// over yet. Reused from transfer to transfer. Driver's thread only.
final class Lane {
    enum State {
        /// Free.
        case idle
        case starting
        /// Waits for a place at the host's ``HostBudget``.
        case queued
        /// Waits for another transfer's name lookup.
        case parked
        /// To be started in this turn or one of the next.
        case ready
        case running
        /// Has an ``end`` that is still to be handed over.
        case ended
    }

    /// Index in the driver's table and key in its deadline heap.
    let slot: Int
    unowned let driver: Driver
    var easy: EasyHandle?

    var state = State.idle
    var transfer: Transfer?
    var host: HostState?
    var multi: MultiHandle?
    /// The multi handle's index within its pool.
    var multiIndex = 0
    var clock: PhaseClock
    /// What the deadline heap has for this lane.
    var checkAt: Int64 = .max

    var collector = HeadCollector()
    /// The head, until it is handed over.
    var head: TransferHead?
    /// The body so far (whole answers), or since the last hand-over (streams).
    var bytes: [UInt8] = []
    private(set) var receivedBytes = 0
    private var byteLimit = Int.max
    private(set) var isWhole = true
    private(set) var isHTTP2 = false
    /// What the consumer had not read at the last hand-over.
    var unreadBytes = 0
    var isPaused = false
    private var uploaded = 0
    var end: TransferEnd?
    /// Is in the driver's list of lanes to hand over.
    var isDirty = false

    var isLookingUp = false
    /// Its lookup was refused because another one is under way.
    var mustPark = false
    /// Sockets opened in this run: several when addresses are tried in parallel or in turn.
    private var openedSockets = 0
    private var lastSocket = CURL_SOCKET_BAD
    private var blockedAddress: AddressClass?
    /// Why a callback stopped the transfer.
    private var rejection: UpstreamFailure?

    init(slot: Int, driver: Driver) {
        self.slot = slot
        self.driver = driver
        self.clock = PhaseClock(timeouts: UpstreamTimeouts(), firstByteEndsWait: true, now: 0)
    }

    /// Takes on a transfer. `host` is nil when its URL is not usable.
    func begin(_ transfer: Transfer, host: HostState?) {
        self.state = .starting
        let request = transfer.request
        self.isWhole = request.delivery == .whole
        self.byteLimit = request.maxResponseBytes ?? (self.isWhole ? self.driver.configuration.maxResponseBytes : .max)
        self.clock = PhaseClock(timeouts: request.timeouts, firstByteEndsWait: self.isWhole, now: self.driver.now)
        self.transfer = transfer
        self.host = host
        host?.users += 1
        transfer.lane = self
    }

    /// Back to how a run starts, for a first or a repeated one. Nothing has been received yet.
    func prepareToRun() {
        self.collector.reset()
        self.receivedBytes = 0
        self.uploaded = 0
        self.isHTTP2 = false
        self.mustPark = false
        self.openedSockets = 0
        self.blockedAddress = nil
        self.rejection = nil
    }

    /// Lets go of everything that belongs to the transfer.
    func clear() {
        self.transfer?.lane = nil
        self.transfer = nil
        self.host?.users -= 1
        self.host = nil
        self.head = nil
        self.bytes = []
        self.end = nil
        self.unreadBytes = 0
        self.isPaused = false
        self.collector.reset()
        self.state = .idle
    }
}

// MARK: - What libcurl's callbacks report

extension Lane {
    /// An answer byte count other than `data.count` makes libcurl fail the transfer, or pause it.
    func receivedBody(_ data: UnsafeRawBufferPointer) -> Int {
        if self.mustHoldBack {
            self.isPaused = true
            self.clock.pause()
            self.driver.counters.pauses.increase()
            self.driver.markDirty(self)
            return Int(CURL_WRITEFUNC_PAUSE)
        }
        self.receivedBytes += data.count
        if self.receivedBytes > self.byteLimit { return self.reject(self.tooLarge) }
        if self.isHTTP2, !self.isWhole, self.bytes.count + self.unreadBytes > self.driver.configuration.http2BufferLimit
        {
            return self.reject(self.consumerTooSlow)
        }
        self.clock.received(now: self.driver.now)
        self.driver.schedule(self)
        self.bytes.append(contentsOf: data)
        if !self.isWhole { self.driver.markDirty(self) }
        return data.count
    }

    func receivedHeader(_ line: UnsafeRawBufferPointer) -> Int {
        self.clock.received(now: self.driver.now)
        self.driver.schedule(self)
        switch self.collector.take(line) {
        case .more:
            return line.count
        case .tooLarge:
            return self.reject(
                UpstreamFailure(
                    .protocolError, .other, message: "the answer's head exceeds \(HeadCollector.maxBytes) bytes"))
        case .complete:
            return self.headComplete() ? line.count : 0
        }
    }

    private func headComplete() -> Bool {
        guard let easy = self.easy else { return false }
        let timings = easy.timings
        self.isHTTP2 = timings.http2
        self.head = TransferHead(status: self.collector.status, rawHeaders: self.collector.raw, timings: timings)
        self.driver.learned(self.isHTTP2 ? .http2 : .http1, about: self.host)
        if self.isWhole {
            let announced = easy.announcedLength
            if announced > self.byteLimit {
                _ = self.reject(self.tooLarge)
                return false
            }
            self.bytes.reserveCapacity(min(max(announced, 0), 1 << 20))
        } else {
            self.driver.markDirty(self)
        }
        return true
    }

    /// Fills libcurl's buffer with the next piece of a large body.
    func supplyBody(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let body = self.transfer?.request.body else { return Int(CURL_READFUNC_ABORT) }
        let count = min(buffer.count, body.count - self.uploaded)
        guard count > 0 else { return 0 }
        body.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[self.uploaded...].prefix(count)))
        }
        self.uploaded += count
        self.clock.wrote(now: self.driver.now, isLast: self.uploaded == body.count)
        self.driver.schedule(self)
        return count
    }

    /// libcurl sends the body again when a reused connection turned out to be dead.
    func rewindBody(to offset: Int) -> Bool {
        guard let body = self.transfer?.request.body, (0...body.count).contains(offset) else { return false }
        self.uploaded = offset
        return true
    }

    /// The connection stands (again) and the request is about to be written.
    func connectionReady() {
        let isWritten = (self.transfer?.request.body.count ?? 0) <= EasyHandle.inlineBodyBytes
        self.clock.connected(now: self.driver.now, isWritten: isWritten)
        self.driver.schedule(self)
        self.driver.lookupEnded(self)
        guard self.openedSockets > 0 else { return }
        // Asking libcurl means a search through its connections, so only where there is a choice.
        let socket = self.openedSockets == 1 ? self.lastSocket : self.easy?.activeSocket ?? CURL_SOCKET_BAD
        self.openedSockets = 0
        if socket != CURL_SOCKET_BAD { self.driver.established(socket) }
    }

    /// False makes libcurl give up; the driver then parks the transfer.
    func mayLookUp() -> Bool {
        guard let host = self.host else { return false }
        guard !host.isLookingUp else {
            self.mustPark = true
            return false
        }
        host.isLookingUp = true
        self.isLookingUp = true
        self.driver.counters.lookups.increase()
        self.driver.counters.lookupsStarted.increase()
        return true
    }

    func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        self.driver.lookupEnded(self)
        let allow = self.transfer?.request.allowPrivateNetwork ?? false
        if case .blocked(let kind) = SocketAddress.verdict(address, allowPrivateNetwork: allow) {
            self.blockedAddress = kind
            self.driver.counters.blockedAddresses.increase()
            return CURL_SOCKET_BAD
        }
        self.lastSocket = self.driver.openSocket(for: address)
        self.openedSockets += 1
        return self.lastSocket
    }

    /// HTTP/1.1 only: a paused HTTP/2 stream would hold up the others on its connection.
    private var mustHoldBack: Bool {
        !self.isWhole && !self.isHTTP2
            && self.bytes.count + self.unreadBytes >= self.driver.configuration.highWatermark
    }

    private func reject(_ failure: UpstreamFailure) -> Int {
        self.rejection = failure
        self.easy?.closeConnectionUnlessShared()
        return 0
    }

    private var tooLarge: UpstreamFailure {
        UpstreamFailure(.tooLarge, .tooLarge, message: "the answer exceeds \(self.byteLimit) bytes")
    }

    private var consumerTooSlow: UpstreamFailure {
        UpstreamFailure(
            .receive, .other,
            message: "\(self.driver.configuration.http2BufferLimit) bytes wait for a consumer that does not read")
    }
}

// MARK: - How it ended

extension Lane {
    /// The end that libcurl's result stands for.
    func outcome(_ code: CURLcode) -> TransferEnd {
        if let rejection = self.rejection { return .failed(rejection) }
        if code == CURLE_OK {
            guard self.collector.isComplete else { return .failed(self.noHead) }
            return .finished
        }
        let situation = FailureSituation(
            host: self.host?.origin.host ?? "", isConnected: self.clock.isConnected,
            hasHead: self.collector.isComplete, blocked: self.blockedAddress,
            systemError: self.easy?.systemError ?? 0, detail: self.easy?.failureText ?? "",
            timeouts: self.transfer?.request.timeouts ?? UpstreamTimeouts())
        return .failed(situation.failure(for: code))
    }

    /// libcurl takes it for a success when an HTTP/2 connection that is going away ends a stream without an answer.
    private var noHead: UpstreamFailure {
        self.host?.version == .http1
            ? UpstreamFailure(.protocolError, .other, message: "the answer has no HTTP head")
            : UpstreamFailure(
                .firstByte, .reset,
                message: "\(self.host?.origin.host ?? ""): the HTTP/2 stream ended without an answer")
    }

    func expired(_ phase: UpstreamFailure.Phase) -> UpstreamFailure {
        let host = self.host?.origin.host ?? ""
        let timeouts = self.transfer?.request.timeouts ?? UpstreamTimeouts()
        let message =
            switch phase {
            case .connect where self.state == .queued:
                "no free connection to \(host) within \(timeouts.connect) ms (connect limit); "
                    + "all \(self.host?.budget?.limit ?? 0) are busy"
            case .connect: "no connection to \(host) within \(timeouts.connect) ms (connect limit)"
            case .send: "\(host) took none of the request for \(timeouts.idle) ms (idle limit)"
            case .firstByte where self.isWhole:
                "no answer from \(host) within \(timeouts.firstByte) ms of the request (first byte limit)"
            case .firstByte: "no token from \(host) within \(timeouts.firstByte) ms of the request (first token limit)"
            case .idle: "nothing from \(host) for \(timeouts.idle) ms (idle limit)"
            default: "\(host) did not finish within \(timeouts.total) ms (total limit)"
            }
        return UpstreamFailure(phase, .timeout, message: message)
    }
}
