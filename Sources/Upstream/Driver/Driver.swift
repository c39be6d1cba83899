import CCurl
import DequeModule
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The transport's thread for one event loop: an epoll loop around libcurl's multi-socket interface.
///
/// One turn: take commands, let libcurl act on what is due, collect finished transfers, look at deadlines, hand over
/// everything new to the event loop in one batch, sleep. All on the driver's own thread.
final class Driver {
    let port: DriverPort
    let configuration: UpstreamConfiguration
    let counters: Counters
    private let share: CurlShare
    private let poller: Poller
    var sockets: SocketTable
    let hosts: HostTable

    /// Milliseconds of the monotonic clock, read once after each sleep.
    private(set) var now: Int64
    private var isStopping = false

    private(set) var lanes: [Lane] = []
    private var freeLanes: [Lane] = []
    private var idleHandles = 0
    private var deadlines = DeadlineHeap()
    private var dirty: [Lane] = []
    /// In state `.ready`, in their order; possibly some that have ended meanwhile.
    var ready: Deque<Lane> = []
    /// Ids of multi handles with resets that may not have been sent yet.
    var unflushed: Set<Int> = []

    private var multis: [MultiHandle?] = []
    private var touchedMultis: [MultiHandle] = []
    /// Ids of the multi handles for public addresses, and for private ones.
    private var publicPool: [Int] = []
    private var privatePool: [Int] = []
    private var nextHousekeeping: Int64
    private var commands: [Command] = []
    private var waiters: [Transfer.Waiter] = []
    static let maxMultisPerPool = 64
    /// Transfers started in one turn. A new connection takes libcurl and the kernel around 0.1 ms, and the streams that
    /// are already running must not wait for a thousand of those.
    static let startsPerTurn = 16
    private static let housekeepingInterval: Int64 = 30_000

    /// nil when libcurl or the system has no resources left.
    init?(port: DriverPort, configuration: UpstreamConfiguration, budgets: BudgetBook) {
        guard CurlLibrary.isReady, let share = CurlShare(), let poller = Poller(waker: port.waker) else { return nil }
        self.port = port
        self.configuration = configuration
        self.counters = port.counters
        self.share = share
        self.poller = poller
        self.sockets = SocketTable(poller: poller)
        self.hosts = HostTable(budgets: budgets, offersHTTP2: configuration.http2)
        self.now = monotonicMilliseconds()
        self.nextHousekeeping = self.now + Self.housekeepingInterval
    }

    /// Runs until ``Command/shutdown`` arrives.
    func run() {
        while !self.isStopping {
            self.port.take(into: &self.commands)
            self.now = monotonicMilliseconds()
            for command in self.commands { self.perform(command) }
            self.commands.removeAll(keepingCapacity: true)
            self.startReady()
            self.runTimers()
            self.collectFinished()
            self.checkDeadlines()
            self.flushResets()
            self.handOver()
            self.keepHouse()
            if !self.isStopping { self.sleep() }
        }
        self.stop()
    }

    private func perform(_ command: Command) {
        switch command {
        case .start(let transfer): self.start(transfer)
        case .cancel(let transfer): self.cancelled(transfer)
        case .resume(let transfer): self.consumed(transfer)
        case .granted(let transfer): self.granted(transfer)
        case .shutdown: self.isStopping = true
        }
    }

    private func sleep() {
        var timeout: Int32 = 0
        if self.ready.isEmpty, self.dirty.isEmpty, self.touchedMultis.isEmpty {
            let wait = max(0, self.nextWakeUp - monotonicMilliseconds())
            timeout = Int32(clamping: wait)
        }
        if timeout > 0, !self.port.fallAsleep() { timeout = 0 }
        self.poller.wait(milliseconds: timeout) { socket, readiness in
            guard let id = self.sockets.multi(forReady: socket), let multi = self.multi(id) else { return }
            self.now = monotonicMilliseconds()
            multi.socketReady(socket, readiness)
        }
    }

    private var nextWakeUp: Int64 {
        var earliest = min(self.nextHousekeeping, self.deadlines.next ?? .max)
        for case let multi? in self.multis {
            if let due = multi.timerDue { earliest = min(earliest, due) }
        }
        return earliest
    }

    private func runTimers() {
        for case let multi? in self.multis {
            if let due = multi.timerDue, due <= self.now { multi.runTimers() }
        }
    }

    private func collectFinished() {
        // Finishing one transfer can start another, which can touch a multi handle again: that is for the next turn.
        let touched = self.touchedMultis
        self.touchedMultis.removeAll(keepingCapacity: true)
        for multi in touched {
            multi.isTouched = false
            while let (lane, code) = multi.nextDone() { self.finished(lane, code) }
        }
    }

    private func checkDeadlines() {
        while let slot = self.deadlines.popDue(now: self.now) {
            let lane = self.lanes[slot]
            lane.checkAt = .max
            guard lane.state != .idle, lane.state != .ended else { continue }
            if lane.transfer?.tokenSeen.load(ordering: .relaxed) == true { lane.clock.tokenSeen() }
            if let phase = lane.clock.expired(now: self.now) {
                self.end(lane, .failed(lane.expired(phase)))
            } else {
                self.schedule(lane)
            }
        }
    }

    /// Gives consumers what arrived in this turn, all in one batch.
    private func handOver() {
        guard !self.dirty.isEmpty else { return }
        let dirty = self.dirty
        self.dirty = []
        for lane in dirty {
            lane.isDirty = false
            guard let transfer = lane.transfer, !lane.isWhole || lane.end != nil else { continue }
            let bytes = lane.bytes
            lane.bytes = []
            let limit = self.pauseLimit(lane)
            let delivered = transfer.deliver(head: lane.head, bytes: bytes, end: lane.end, pauseAt: limit)
            lane.head = nil
            lane.unreadBytes = delivered.unread
            if let waiter = delivered.waiter { self.waiters.append(waiter) }
            if lane.state == .ended {
                self.release(lane)
            } else if lane.isPaused, delivered.unread < limit {
                // The consumer has read since the pause was decided, so it will not ask for more.
                self.resume(lane)
            }
        }
        self.port.resume(&self.waiters)
    }

    func pauseLimit(_ lane: Lane) -> Int {
        lane.isHTTP2 || lane.isWhole ? .max : self.configuration.highWatermark
    }

    private func keepHouse() {
        guard self.now >= self.nextHousekeeping else { return }
        self.nextHousekeeping = self.now + Self.housekeepingInterval
        let idleLimit = Int64(self.configuration.idleConnectionSeconds) * 1_000
        for case let multi? in self.multis where multi.running == 0 && self.now - multi.idleSince > idleLimit {
            // All its connections are too old to be used again; libcurl itself would keep them until the next call.
            self.multis[multi.id] = nil
            multi.close()
        }
    }

    private func stop() {
        for command in self.port.close() { self.perform(command) }
        for lane in self.lanes where lane.state != .idle && lane.state != .ended {
            self.end(lane, .failed(.clientShutDown))
        }
        self.handOver()
        for lane in self.lanes { lane.easy = nil }
        for case let multi? in self.multis { multi.close() }
        self.multis = []
    }
}

// MARK: - Tables

extension Driver {
    func touched(_ multi: MultiHandle) {
        guard !multi.isTouched else { return }
        multi.isTouched = true
        self.touchedMultis.append(multi)
    }

    /// Puts the lane on the list of those whose consumers get something at the end of this turn.
    func markDirty(_ lane: Lane) {
        guard !lane.isDirty else { return }
        lane.isDirty = true
        self.dirty.append(lane)
    }

    /// Looks at the lane no later than its clock asks for. Later deadlines than the one set are found out when that
    /// one comes, so that a byte costs no heap operation.
    func schedule(_ lane: Lane) {
        let next = lane.clock.nextCheck(now: self.now)
        guard next < lane.checkAt else { return }
        lane.checkAt = next
        self.deadlines.set(lane.slot, at: next)
    }

    func unschedule(_ lane: Lane) {
        lane.checkAt = .max
        self.deadlines.remove(lane.slot)
    }

    func takeLane() -> Lane {
        if let lane = self.freeLanes.popLast() {
            if lane.easy != nil { self.idleHandles -= 1 }
            return lane
        }
        let lane = Lane(slot: self.lanes.count, driver: self)
        self.lanes.append(lane)
        return lane
    }

    /// The transfer has been handed over to the last byte.
    private func release(_ lane: Lane) {
        lane.clear()
        if lane.easy != nil {
            if self.idleHandles >= self.configuration.maxIdleHandles {
                lane.easy = nil
            } else {
                self.idleHandles += 1
            }
        }
        self.freeLanes.append(lane)
        self.counters.openTransfers.decrease()
    }

    func multi(_ id: Int) -> MultiHandle? {
        self.multis.indices.contains(id) ? self.multis[id] : nil
    }

    /// The multi handle at a place in the pool for requests that may (or may not) connect to private addresses.
    func multi(at index: Int, allowPrivateNetwork: Bool) -> MultiHandle? {
        let pool = allowPrivateNetwork ? self.privatePool : self.publicPool
        if pool.indices.contains(index), let known = self.multi(pool[index]) { return known }
        let id = pool.indices.contains(index) ? pool[index] : self.multis.count
        let made = MultiHandle(
            id: id, allowPrivateNetwork: allowPrivateNetwork, driver: self, configuration: self.configuration)
        guard let made else { return nil }
        if id == self.multis.count {
            self.multis.append(made)
            if allowPrivateNetwork { self.privatePool.append(id) } else { self.publicPool.append(id) }
        } else {
            self.multis[id] = made
        }
        return made
    }

    func makeHandle(for lane: Lane) -> EasyHandle? {
        EasyHandle(
            configuration: self.configuration, share: self.share,
            context: Unmanaged.passUnretained(lane).toOpaque(), driver: Unmanaged.passUnretained(self).toOpaque())
    }

    func openSocket(for address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.pointee.family, type, address.pointee.protocol)
        guard descriptor >= 0 else { return CURL_SOCKET_BAD }
        self.sockets.opened(descriptor)
        return descriptor
    }

    /// A new connection is ready for its first request.
    func established(_ descriptor: curl_socket_t) {
        self.sockets.established(descriptor)
        self.counters.connections.increase()
        self.counters.connectionsOpened.increase()
    }

    func closeSocket(_ descriptor: Int32) -> Int32 {
        if self.sockets.closed(descriptor) { self.counters.connections.decrease() }
        return close(descriptor)
    }
}
