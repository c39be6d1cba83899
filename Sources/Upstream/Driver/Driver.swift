import CCurl
import DequeModule
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The transport's thread for one event loop: an epoll loop around its own HTTP/1.1 connections and libcurl's
/// multi-socket interface, which opens them and makes the transfers that may be HTTP/2.
///
/// One turn: take commands, let libcurl act on what is due, collect finished transfers, look at deadlines, hand over
/// everything new to the event loop in one batch, sleep. All on the driver's own thread.
final class Driver {
    let port: DriverPort
    let configuration: UpstreamConfiguration
    let counters: Counters
    let share: CurlShare
    private let poller: Poller
    var sockets: SocketTable
    let hosts: HostTable

    /// Microseconds of the monotonic clock, read before and after each sleep.
    private(set) var nowMicroseconds: Int64
    /// The same in milliseconds.
    private(set) var now: Int64
    private var isStopping = false
    /// No connection is kept any more.
    private(set) var isClosing = false

    var lanes: [Lane] = []
    var freeLanes: [Lane] = []
    var idleHandles = 0
    var deadlines = DeadlineHeap()
    var dirty: [Lane] = []
    /// Empty between turns; takes turns with ``dirty``, so that neither is allocated again.
    private var handedOver: [Lane] = []
    /// In state `.ready`, in their order; possibly some that have ended meanwhile.
    var ready: Deque<Lane> = []
    /// Ids of multi handles with resets that may not have been sent yet.
    var unflushed: Set<Int> = []

    var multis: [MultiHandle?] = []
    var touchedMultis: [MultiHandle] = []
    /// Ids of the multi handles for transfers to public addresses, and to private ones.
    var publicPool: [Int] = []
    var privatePool: [Int] = []
    /// Ids of those that open connections for the driver itself.
    var wirePool: [Int] = []

    /// The driver's own connections, by descriptor.
    var connections: [Connection?] = []
    /// Connections with more to read than one turn had time for.
    var unread: [Connection] = []
    /// What the sockets are read into; nothing stays in it from one read to the next.
    let inbox = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    /// Lends its memory to the requests that are being sent.
    var outbox: [UInt8] = []
    /// A socket that libcurl may forget, but not close.
    var keepOpen: Int32 = -1
    private var nextHousekeeping: Int64
    private var commands: [Command] = []
    private var waiters: [Transfer.Waiter] = []
    static let maxMultisPerPool = 64
    /// Connections opened, and transfers started, in one turn. A new connection takes libcurl and the kernel around
    /// 0.1 ms, and the streams that are already running must not wait for a thousand of those.
    static let opensPerTurn = 16
    static let startsPerTurn = 256
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
        self.hosts = HostTable(
            budgets: budgets, offersHTTP2: configuration.http2, userAgent: configuration.userAgent)
        self.nowMicroseconds = monotonicMicroseconds()
        self.now = self.nowMicroseconds / 1_000
        self.nextHousekeeping = self.now + Self.housekeepingInterval
    }

    deinit {
        self.inbox.deallocate()
    }

    private func readClock() {
        self.nowMicroseconds = monotonicMicroseconds()
        self.now = self.nowMicroseconds / 1_000
    }

    /// Runs until ``Command/shutdown`` arrives.
    func run() {
        while !self.isStopping {
            self.port.take(into: &self.commands)
            self.readClock()
            for command in self.commands { self.perform(command) }
            self.commands.removeAll(keepingCapacity: true)
            self.startReady()
            self.runTimers()
            self.collectFinished()
            self.readOn()
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
        if self.ready.isEmpty, self.dirty.isEmpty, self.touchedMultis.isEmpty, self.unread.isEmpty {
            let wait = max(0, self.nextWakeUp - monotonicMicroseconds() / 1_000)
            timeout = Int32(clamping: wait)
        }
        if timeout > 0, !self.port.fallAsleep() { timeout = 0 }
        self.poller.wait(milliseconds: timeout) {
            self.readClock()
        } body: { socket, readiness in
            let index = Int(socket)
            if index < self.connections.count, let connection = self.connections[index] {
                self.ready(connection, readiness)
            } else if let id = self.sockets.multi(forReady: socket), let multi = self.multi(id) {
                multi.socketReady(socket, readiness)
            }
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
        guard !self.touchedMultis.isEmpty else { return }
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
        swap(&self.dirty, &self.handedOver)
        defer { self.handedOver.removeAll(keepingCapacity: true) }
        for lane in self.handedOver {
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
        for host in self.hosts.hosts { self.closeIdle(of: host, before: self.now - idleLimit) }
    }

    private func stop() {
        self.isClosing = true
        for command in self.port.close() { self.perform(command) }
        for lane in self.lanes where lane.state != .idle && lane.state != .ended {
            self.end(lane, .failed(.clientShutDown))
        }
        self.handOver()
        for host in self.hosts.hosts { self.closeIdle(of: host, before: .max) }
        for case let connection? in self.connections { self.close(connection) }
        for lane in self.lanes { lane.easy = nil }
        for case let multi? in self.multis { multi.close() }
        self.multis = []
    }
}
