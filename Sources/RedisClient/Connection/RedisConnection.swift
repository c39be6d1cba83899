import DequeModule
import Logging
import NIOCore

/// The calls of one event loop to one node: sent in order over one connection, replies matched in order.
///
/// Calls of one turn of the event loop leave in one write. A lost connection is made again at once, then with growing
/// waits; while it is known not to work, calls fail instead of waiting.
// Confined to its event loop.
final class RedisConnection: @unchecked Sendable {
    private enum State {
        case idle
        /// With what made the attempt before this one fail.
        case connecting(RedisFailure?)
        case ready(RedisLink)
        /// Until the next attempt.
        case waiting(RedisFailure, Scheduled<Void>)
        case closed
    }

    /// Above this the buffer for outgoing bytes is not kept.
    private static let keptCapacity = 256 << 10

    let address: RedisAddress
    private let dialer: Dialer
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// Called when the connection is lost or cannot be made.
    private let onTrouble: @Sendable () -> Void
    private var state = State.idle
    private var backoff: Backoff
    /// No new calls; closes itself when the last reply has come.
    private var isRetired = false

    private var pending: Deque<RedisCall> = []
    /// Sent and not answered; nil where nobody wants the reply.
    private var inFlight: Deque<RedisCall?> = []
    private var outbound = ByteBuffer()
    private var isFlushScheduled = false
    /// No call has an earlier deadline.
    private var earliestDeadline = NIODeadline.distantFuture
    private var repliesReceived = 0
    private var lastProgress: (replies: Int, at: NIODeadline) = (0, .uptimeNanoseconds(0))

    init(
        address: RedisAddress, dialer: Dialer, eventLoop: any EventLoop, logger: Logger,
        onTrouble: @escaping @Sendable () -> Void
    ) {
        self.address = address
        self.dialer = dialer
        self.eventLoop = eventLoop
        self.logger = logger
        self.onTrouble = onTrouble
        self.backoff = Backoff(first: dialer.configuration.firstBackoff, last: dialer.configuration.lastBackoff)
    }

    /// Whether ``sweep(now:)`` has anything to watch.
    var isBusy: Bool { !self.pending.isEmpty || !self.inFlight.isEmpty }

    var isClosed: Bool {
        if case .closed = self.state { true } else { false }
    }

    /// Connects, if that has not been tried yet.
    func start() {
        if case .idle = self.state { self.connect(after: nil) }
    }

    func enqueue(_ call: RedisCall) {
        call.node = self.address
        guard self.pending.count + self.inFlight.count < self.dialer.configuration.maxInFlight else {
            call.finish(.failure(.queueFull))
            return
        }
        switch self.state {
        case .ready(let link) where self.pending.isEmpty && link.isWritable:
            self.watch(call)
            self.write(call)
        case .idle:
            self.watch(call)
            self.pending.append(call)
            self.connect(after: nil)
        case .ready, .connecting(nil):
            self.watch(call)
            self.pending.append(call)
        case .connecting(let failure?), .waiting(let failure, _):
            call.finish(.failure(failure))
        case .closed:
            call.finish(.failure(.closed))
        }
    }

    private func watch(_ call: RedisCall) {
        if !self.isBusy { self.lastProgress = (self.repliesReceived, self.eventLoop.now) }
        self.earliestDeadline = min(self.earliestDeadline, call.deadline)
    }

    // MARK: - Sending

    private func write(_ call: RedisCall) {
        guard !call.isDone else { return }
        if call.asking {
            self.outbound.writeCommand(.arguments(["ASKING"]))
            self.inFlight.append(nil)
        }
        self.outbound.writeCommand(call.command)
        self.inFlight.append(call)
        guard !self.isFlushScheduled else { return }
        self.isFlushScheduled = true
        self.eventLoop.execute { self.flush() }
    }

    private func flush() {
        self.isFlushScheduled = false
        guard case .ready(let link) = self.state, self.outbound.readableBytes > 0 else { return }
        link.send(self.outbound)
        if self.outbound.capacity > Self.keptCapacity { self.outbound = ByteBuffer() } else { self.outbound.clear() }
    }

    private func writePending() {
        guard case .ready(let link) = self.state else { return }
        while link.isWritable, let call = self.pending.popFirst() { self.write(call) }
    }
}

// MARK: - Replies and deadlines

extension RedisConnection: LinkConsumer {
    func linkReceived(_ reply: RedisReply) {
        guard let call = self.inFlight.popFirst() else {
            guard case .ready(let link) = self.state else { return }
            link.close(.protocolViolation("a reply nobody asked for"))
            return
        }
        self.repliesReceived &+= 1
        if let call {
            if case .error(let error) = reply {
                call.finish(.failure(.server(error)))
            } else {
                call.finish(.success(reply))
            }
        }
        if self.isRetired, self.inFlight.isEmpty { self.close(.closed) }
    }

    func linkBecameWritable() {
        self.writePending()
    }

    func linkClosed(_ failure: RedisFailure) {
        self.outbound.clear()
        let unanswered = self.inFlight
        self.inFlight = []
        for case let call? in unanswered { call.finish(.failure(failure)) }
        guard case .ready = self.state else { return }
        guard !self.isRetired else { return self.close(.closed) }
        self.logger.warning(
            "connection to Redis lost", metadata: ["node": "\(self.address)", "reason": "\(failure)"])
        self.connect(after: nil)
        self.onTrouble()
    }

    /// Ends calls whose time is up and connections that make no progress.
    func sweep(now: NIODeadline) {
        if now >= self.earliestDeadline {
            self.earliestDeadline = .distantFuture
            for case let call? in self.inFlight { self.expire(call, now: now) }
            for call in self.pending { self.expire(call, now: now) }
            self.pending.removeAll { $0.isDone }
        }
        guard case .ready(let link) = self.state, !self.inFlight.isEmpty else { return }
        if self.lastProgress.replies != self.repliesReceived {
            self.lastProgress = (self.repliesReceived, now)
        } else if now - self.lastProgress.at >= self.dialer.configuration.stallTimeout {
            link.close(.disconnected("no reply for too long"))
        }
    }

    private func expire(_ call: RedisCall, now: NIODeadline) {
        guard !call.isDone else { return }
        if call.deadline <= now {
            call.finish(.failure(.timeout))
        } else {
            self.earliestDeadline = min(self.earliestDeadline, call.deadline)
        }
    }
}

// MARK: - Connecting and closing

extension RedisConnection {
    private func connect(after failure: RedisFailure?) {
        self.state = .connecting(failure)
        self.dialer.dial(self.address, on: self.eventLoop).whenComplete { self.connected($0) }
    }

    private func connected(_ result: Result<RedisLink, any Error>) {
        guard case .connecting(let earlier) = self.state else {
            if case .success(let link) = result { link.close(.closed) }
            return
        }
        switch result {
        case .success(let link):
            link.consumer = self
            self.state = .ready(link)
            self.backoff.reset()
            self.lastProgress = (self.repliesReceived, self.eventLoop.now)
            if earlier != nil { self.logger.info("connected to Redis again", metadata: ["node": "\(self.address)"]) }
            self.writePending()
        case .failure(let error):
            self.failed(error as? RedisFailure ?? .unavailable("\(error)"), isFirst: earlier == nil)
        }
    }

    private func failed(_ failure: RedisFailure, isFirst: Bool) {
        self.logger.log(
            level: isFirst ? .warning : .debug, "cannot connect to Redis",
            metadata: ["node": "\(self.address)", "reason": "\(failure)"])
        var random = SystemRandomNumberGenerator()
        let attempt = self.eventLoop.scheduleTask(in: self.backoff.next(using: &random)) {
            guard case .waiting = self.state else { return }
            self.connect(after: failure)
        }
        self.state = .waiting(failure, attempt)
        for call in self.takePending() { call.finish(.failure(failure)) }
        self.onTrouble()
    }

    /// Takes no more calls and closes when the last reply has come. Returns the calls that have not been sent.
    func retire() -> Deque<RedisCall> {
        self.isRetired = true
        let unsent = self.takePending()
        if self.inFlight.isEmpty { self.close(.closed) }
        return unsent
    }

    /// Ends every call with the failure.
    func close(_ failure: RedisFailure) {
        let state = self.state
        self.state = .closed
        switch state {
        case .ready(let link): link.close(failure)
        case .waiting(_, let attempt): attempt.cancel()
        case .idle, .connecting, .closed: break
        }
        for call in self.takePending() { call.finish(.failure(failure)) }
    }

    private func takePending() -> Deque<RedisCall> {
        let calls = self.pending
        self.pending = []
        return calls
    }
}
