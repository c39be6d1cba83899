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
    var endpoint: Endpoint?
    /// Where the request goes, once there is a connection; nil for what libcurl does as a whole.
    var connection: Connection?
    /// When the first connection was looked for, in microseconds.
    var wireStart: Int64 = 0
    var connectTimings = UpstreamTimings()
    var lostConnections = 0
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
    var receivedBytes = 0
    private(set) var byteLimit = Int.max
    private(set) var isWhole = true
    var isHTTP2 = false
    /// What the consumer had not read at the last hand-over.
    var unreadBytes = 0
    var isPaused = false
    var uploaded = 0
    var end: TransferEnd?
    /// Is in the driver's list of lanes to hand over.
    var isDirty = false

    var isLookingUp = false
    /// Its lookup was refused because another one is under way.
    var mustPark = false
    /// Sockets opened in this run: several when addresses are tried in parallel or in turn.
    var openedSockets = 0
    var lastSocket = CURL_SOCKET_BAD
    var blockedAddress: AddressClass?
    /// Why a callback stopped the transfer.
    var rejection: UpstreamFailure?

    init(slot: Int, driver: Driver) {
        self.slot = slot
        self.driver = driver
        self.clock = PhaseClock(timeouts: UpstreamTimeouts(), firstByteEndsWait: true, now: 0)
    }

    /// Takes on a transfer. `endpoint` is nil when its URL is not usable.
    func begin(_ transfer: Transfer, endpoint: Endpoint?) {
        self.state = .starting
        let request = transfer.request
        self.isWhole = request.delivery == .whole
        self.byteLimit = request.maxResponseBytes ?? (self.isWhole ? self.driver.configuration.maxResponseBytes : .max)
        self.clock = PhaseClock(timeouts: request.timeouts, firstByteEndsWait: self.isWhole, now: self.driver.now)
        self.transfer = transfer
        self.endpoint = endpoint
        self.host = endpoint?.host
        self.host?.users += 1
        self.lostConnections = 0
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
        self.endpoint = nil
        self.connection = nil
        self.head = nil
        self.bytes = []
        self.end = nil
        self.unreadBytes = 0
        self.isPaused = false
        self.collector.reset()
        self.state = .idle
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
