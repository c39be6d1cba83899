/// Which deadline of a call runs at a given moment. Pure: times come in as milliseconds of a monotonic clock.
struct PhaseClock: Sendable {
    private enum Stretch {
        case connect, send, firstByte, idle
    }

    private let timeouts: UpstreamTimeouts
    private let startedAt: Int64
    private var stretch = Stretch.connect
    /// When the request was written; meaningful from `.firstByte` on.
    private var sentAt: Int64
    /// The last byte in either direction, or the moment a pause ended.
    private var progressAt: Int64
    /// Whether any byte ends the wait for the first one; else the consumer decides (``tokenSeen()``).
    private let firstByteEndsWait: Bool
    /// While the transport itself holds back reading, silence says nothing about the provider.
    private(set) var isPaused = false

    init(timeouts: UpstreamTimeouts, firstByteEndsWait: Bool, now: Int64) {
        self.timeouts = timeouts
        self.firstByteEndsWait = firstByteEndsWait
        self.startedAt = now
        self.sentAt = now
        self.progressAt = now
    }

    /// The connection stands. `isWritten` is false for a body that goes out piece by piece.
    mutating func connected(now: Int64, isWritten: Bool) {
        self.stretch = isWritten ? .firstByte : .send
        self.sentAt = now
        self.progressAt = now
    }

    /// Another piece of the request body was taken; `isLast` when nothing is left.
    mutating func wrote(now: Int64, isLast: Bool) {
        guard self.stretch == .send else { return }
        self.progressAt = now
        if isLast {
            self.stretch = .firstByte
            self.sentAt = now
        }
    }

    /// A byte of the answer arrived, of its head or its body. A server may answer before it has read the request.
    mutating func received(now: Int64) {
        self.progressAt = now
        if self.stretch != .idle {
            if self.stretch != .firstByte { self.sentAt = now }
            self.stretch = self.firstByteEndsWait ? .idle : .firstByte
        }
    }

    /// The consumer recognised the first token of a stream.
    mutating func tokenSeen() {
        if self.stretch == .firstByte { self.stretch = .idle }
    }

    mutating func pause() {
        self.isPaused = true
    }

    mutating func resume(now: Int64) {
        guard self.isPaused else { return }
        self.isPaused = false
        self.progressAt = now
    }

    var isConnected: Bool { self.stretch != .connect }

    /// What is left for connecting; at least 1, since libcurl takes 0 for "no limit".
    func connectTimeLeft(now: Int64) -> Int {
        max(1, Int(self.startedAt - now) + self.timeouts.connect)
    }

    /// When to look again. Never later than the earliest deadline, but possibly earlier: the consumer's
    /// ``tokenSeen()`` is polled, not signalled, so in that stretch a look is due one idle limit after each byte, and
    /// then once per idle limit. In the past only when a limit has passed.
    func nextCheck(now: Int64) -> Int64 {
        let deadline = min(self.stretchDeadline, self.totalDeadline)
        guard self.stretch == .firstByte, !self.firstByteEndsWait, !self.isPaused else { return deadline }
        let idle = Int64(self.timeouts.idle)
        let poll = self.progressAt + idle > now ? self.progressAt + idle : now + idle
        return min(deadline, poll)
    }

    /// The phase whose limit has passed.
    func expired(now: Int64) -> UpstreamFailure.Phase? {
        if now >= self.stretchDeadline {
            switch self.stretch {
            case .connect: return .connect
            case .send: return .send
            case .firstByte: return .firstByte
            case .idle: return .idle
            }
        }
        return now >= self.totalDeadline ? .total : nil
    }

    private var totalDeadline: Int64 { self.startedAt + Int64(self.timeouts.total) }

    private var stretchDeadline: Int64 {
        switch self.stretch {
        case .connect: self.startedAt + Int64(self.timeouts.connect)
        case .send: self.progressAt + Int64(self.timeouts.idle)
        case .firstByte: self.sentAt + Int64(self.timeouts.firstByte)
        case .idle: self.isPaused ? .max : self.progressAt + Int64(self.timeouts.idle)
        }
    }
}
