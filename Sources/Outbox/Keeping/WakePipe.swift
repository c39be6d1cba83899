import Glibc

/// Lets a thread sleep until it is woken or a time is over.
final class WakePipe: Sendable {
    private let reading: Int32
    private let writing: Int32

    /// Throws when the process is out of file descriptors.
    init(path: String) throws(OutboxError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .system(.startThread, path: path, code: errno) }
        reading = ends[0]
        writing = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Never blocks. A full pipe is as good as another byte in it.
    func wake() {
        var byte: UInt8 = 1
        while write(writing, &byte, 1) < 0, errno == EINTR {}
    }

    /// - Parameter milliseconds: nil: until it is woken.
    func sleep(milliseconds: Int?) {
        var poll = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        guard Glibc.poll(&poll, 1, timeout) > 0 else { return }
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(reading, &bytes, 16) == 16 {}
    }
}
