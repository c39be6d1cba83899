// Everything of the transport that exists on Linux only: epoll, eventfd, the thread's name.
import CCurl
import Glibc

/// Microseconds of the monotonic clock.
func monotonicMicroseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1_000
}

/// Shown by `top -H` and `perf`; at most 15 bytes.
func nameCurrentThread(_ name: String) {
    martlet_name_thread(name)
}

/// Makes the process's table of descriptors large enough for `count` of them, or for as many as it may have.
///
/// Linux doubles the table whenever it is full, and with more than one thread that waits for every processor to leave
/// the kernel: 10 to 20 ms in which the thread that opens or accepts the 257th, 513th … connection does nothing else.
func reserveDescriptors(_ count: Int) {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    let highest = min(count, Int(clamping: limit.rlim_cur)) - 1
    let some = eventfd(0, Int32(EFD_CLOEXEC))
    guard some >= 0 else { return }
    // The table never shrinks again.
    let copy = fcntl(some, F_DUPFD_CLOEXEC, Int32(clamping: highest))
    if copy >= 0 { close(copy) }
    close(some)
}

/// Wakes a driver that sleeps in ``Poller/wait(milliseconds:body:)``.
final class Waker: Sendable {
    let descriptor: Int32

    /// nil when the process is out of file descriptors.
    init?() {
        self.descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        if self.descriptor < 0 { return nil }
    }

    deinit {
        close(self.descriptor)
    }

    func wake() {
        // Registered edge-triggered and never read: every write is an edge, and the counter has room for 2^64 - 2.
        eventfd_write(self.descriptor, 1)
    }
}

/// An epoll set with one wake-up descriptor.
final class Poller {
    private let descriptor: Int32
    private let waker: Waker
    private let events: UnsafeMutablePointer<epoll_event>
    private static let capacity = 256

    init?(waker: Waker) {
        self.descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        if self.descriptor < 0 { return nil }
        self.waker = waker
        self.events = .allocate(capacity: Self.capacity)
        self.events.initialize(repeating: epoll_event(), count: Self.capacity)
        let edge = EPOLLIN.rawValue | EPOLLET.rawValue
        guard self.control(EPOLL_CTL_ADD, waker.descriptor, events: edge) else { return nil }
    }

    deinit {
        close(self.descriptor)
        self.events.deallocate()
    }

    /// What a socket is waited for. Raw values are libcurl's `CURL_POLL_*` bits.
    struct Interest: OptionSet, Sendable {
        let rawValue: UInt8
        static let read = Interest(rawValue: 1)
        static let write = Interest(rawValue: 2)
    }

    /// What a socket is ready for. The raw values of the first three are libcurl's `CURL_CSELECT_*` bits.
    struct Readiness: OptionSet, Sendable {
        let rawValue: UInt8
        static let read = Readiness(rawValue: 1)
        static let write = Readiness(rawValue: 2)
        static let error = Readiness(rawValue: 4)
        /// The peer has closed its side, or the connection has failed.
        static let hangUp = Readiness(rawValue: 8)

        /// The part libcurl knows.
        var forCurl: Int32 { Int32(self.rawValue & 7) }
    }

    /// Tells of every change once (edge-triggered): bytes and the peer's end always, room to write if asked for.
    ///
    /// - Parameter isNew: Whether the socket is not registered yet.
    func watchEdges(_ socket: Int32, writes: Bool, isNew: Bool) -> Bool {
        let always = EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
        return self.control(
            isNew ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, events: writes ? always | EPOLLOUT.rawValue : always)
    }

    func add(_ socket: Int32, _ interest: Interest) -> Bool {
        self.control(EPOLL_CTL_ADD, socket, events: Self.bits(interest))
    }

    func change(_ socket: Int32, to interest: Interest) -> Bool {
        self.control(EPOLL_CTL_MOD, socket, events: Self.bits(interest))
    }

    func remove(_ socket: Int32) {
        _ = self.control(EPOLL_CTL_DEL, socket, events: 0)
    }

    /// Sleeps until a socket is ready, the waker is used, or the time is over (-1: no limit; 0: only looks).
    ///
    /// Calls `woken` before the first ready socket, and `body` for each.
    func wait(
        milliseconds: Int32, woken: () -> Void, body: (_ socket: Int32, _ readiness: Readiness) -> Void
    ) {
        let count = epoll_wait(self.descriptor, self.events, Int32(Self.capacity), milliseconds)
        guard count > 0 else { return }  // 0: time is over; -1: EINTR, the caller loops anyway.
        woken()
        for index in 0..<Int(count) {
            let event = self.events[index]
            let socket = event.data.fd
            if socket == self.waker.descriptor { continue }
            body(socket, Self.readiness(event.events))
        }
    }

    private static func readiness(_ events: UInt32) -> Readiness {
        let ended = EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue
        var readiness: Readiness = []
        if events & (EPOLLIN.rawValue | ended) != 0 { readiness.insert(.read) }
        if events & EPOLLOUT.rawValue != 0 { readiness.insert(.write) }
        if events & EPOLLERR.rawValue != 0 { readiness.insert(.error) }
        if events & ended != 0 { readiness.insert(.hangUp) }
        return readiness
    }

    private static func bits(_ interest: Interest) -> UInt32 {
        (interest.contains(.read) ? EPOLLIN.rawValue : 0) | (interest.contains(.write) ? EPOLLOUT.rawValue : 0)
    }

    private func control(_ operation: Int32, _ socket: Int32, events: UInt32) -> Bool {
        var event = epoll_event()
        event.events = events
        event.data.fd = socket
        return epoll_ctl(self.descriptor, operation, socket, &event) == 0
    }
}
